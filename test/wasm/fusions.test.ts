/** Steps that the encoder joins: bounds and comparisons give what the steps apart would, to the sign of a zero. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import type { Instr } from "../../src/kernel/types.ts";
import { constant, input, load, map, mapKernel, output, runKernels } from "./harness.ts";

let backend: WasmBackend;
beforeAll(async () => {
  backend = await createWasmBackend({ threads: 1 });
});
afterAll(() => backend.close());

const VALUES = [0, -0, 1, -1, 6, -6, 7, 2 ** 40, -(2 ** 40), Infinity, -Infinity, NaN];
const pairs = VALUES.flatMap((a) => VALUES.map((b) => [a, b] as const));
const [first, second] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
const size = pairs.length;
const columns = [load(0, [size]), load(1, [size])];

/** Compares every output with its meaning; sums and products of these values are exact. */
async function check(
  instrs: readonly Instr[],
  stored: readonly number[],
  meanings: readonly ((a: number, b: number) => number)[],
  scalars: readonly number[] = [],
) {
  const kernel = mapKernel(
    [size],
    instrs,
    stored.map((value, i) => [2 + i, value]),
  );
  const values = [input(first), input(second), ...stored.map((value) => output(size, instrs[value].dtype))];
  const typed = scalars.map((value) => ({ dtype: "float32" as const, value }));
  const results = await runKernels(backend, [kernel], values, typed);
  for (const [i, meaning] of meanings.entries()) {
    for (const [j, [a, b]] of pairs.entries()) {
      const [got, want] = [results[2 + i][j], Math.fround(meaning(a, b))];
      if (!Object.is(got, want)) expect.fail(`output ${i} of (${a}, ${b}): got ${got}, want ${want}`);
    }
  }
}

it("sums of two products", async () => {
  const instrs = [...columns, map("mul", [0, 1]), map("mul", [1, 1]), map("add", [2, 3]), map("sub", [2, 4])];
  await check(instrs.slice(0, 5), [4], [(a, b) => a * b + b * b]);
  // A product that is read twice, and a difference.
  await check(instrs, [5], [(a, b) => a * b - Math.fround(a * b + b * b)]);
});

const f = Math.fround;
it("steps of optimizers", async () => {
  const sum = [...columns, scalar(0), scalar(1), map("sqrt", [1]), map("add", [4, 3])];
  const instrs = [...sum, map("mul", [0, 2]), map("div", [6, 5]), map("sub", [1, 7])];
  await check(instrs, [8], [(a, b) => b - f((a * 2) / f(f(Math.sqrt(b)) + 0.5))], [2, 0.5]);
});

const scalar = (slot: number): Instr => ({ op: "scalar", dtype: "float32", slot });

describe("bounds", () => {
  it.each(VALUES)("of one side: %d", async (bound) => {
    const low = [...columns, scalar(0), map("max", [0, 2])];
    await check(low, [3], [(a) => Math.max(a, bound)], [bound]);
    const high = [...columns, scalar(0), map("min", [2, 0])];
    // A zero keeps its sign where −0 bounds it from above.
    if (!Object.is(bound, -0)) await check(high, [3], [(a) => Math.min(a, bound)], [bound]);
  });

  it.each([
    [0, 6],
    [-1, 1],
    [-0, Infinity],
    [1, -1],
    [NaN, 1],
    [0, NaN],
  ])("of a sum and of a product and a sum: %d, %d", async (low, high) => {
    const limit = (x: number) => Math.min(Math.max(x, low), high);
    const limits = [scalar(0), scalar(1)];
    const sum = [...columns, ...limits, map("add", [0, 1]), map("max", [4, 2]), map("min", [5, 3])];
    await check(sum, [6], [(a, b) => limit(a + b)], [low, high]);
    const steps = [map("mul", [0, 1]), map("add", [4, 1]), map("max", [5, 2]), map("min", [6, 3])];
    await check([...columns, ...limits, ...steps], [7], [(a, b) => limit(a * b + b)], [low, high]);
  });

  it("share the numbers that they add, however many they are", async () => {
    const instrs: Instr[] = [...columns, constant(-9)];
    for (let i = 0; i < 300; i++) {
      const last = i === 0 ? 0 : instrs.length - 1;
      instrs.push(map("max", [last, 2]), map("sub", [instrs.length, 1]));
    }
    const meaning = (a: number, b: number) => {
      for (let i = 0; i < 300; i++) a = f(Math.max(a, -9) - b);
      return a;
    };
    await check(instrs, [instrs.length - 1], [meaning]);
  });

  it("leave steps alone that others read too", async () => {
    const instrs = [...columns, constant(0), map("add", [0, 1]), map("max", [3, 2]), map("min", [4, 0])];
    const sum = (a: number, b: number) => a + b;
    const positive = (a: number, b: number) => Math.max(a + b, 0);
    await check(instrs, [3, 4, 5], [sum, positive, (a, b) => Math.min(positive(a, b), a)]);
  });
});

describe("comparisons", () => {
  it.each(["lt", "gt"] as const)("%s", async (name) => {
    const instrs = [...columns, map(name, [0, 1], "bool"), constant(3), map("where", [2, 0, 3])];
    const isSo = (a: number, b: number) => (name === "lt" ? a < b : a > b);
    await check(instrs, [4], [(a, b) => (isSo(a, b) ? a : 3)]);
    await check(instrs, [4, 2], [(a, b) => (isSo(a, b) ? a : 3), (a, b) => Number(isSo(a, b))]);
  });
});
