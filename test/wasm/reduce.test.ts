/** Reductions in every arrangement of axes, with prologues and epilogues, and how exact sums are. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import type { DType } from "../../src/base/dtype.ts";
import { reduceShape, rowMajor, type Shape, sizeOf } from "../../src/base/shape.ts";
import type { Instr, Program, ReduceKernel, ReduceOp } from "../../src/kernel/types.ts";
import { constant, effects, input, load, map, noise, output, runKernels, type Value } from "./harness.ts";
import { evaluate, forEachIndex } from "./naive.ts";

let backend: WasmBackend;
beforeAll(async () => {
  backend = await createWasmBackend({ threads: 2, kernels: { threads: "all" } });
  await backend.engine.ready();
});
afterAll(() => backend.close());

const identityStore = (id: number, dtype: DType = "float32"): Program => ({
  instrs: [{ op: "acc", dtype }],
  stores: [{ output: id, value: 0 }],
});

function reduceKernel(
  op: ReduceOp,
  shape: Shape,
  axes: readonly number[],
  prologue: readonly Instr[],
  epilogue: Program,
): ReduceKernel {
  const all = [...prologue, ...epilogue.instrs];
  const { dtype } = prologue[prologue.length - 1];
  const base = effects(
    all,
    epilogue.stores.map((store) => store.output),
  );
  return { kind: "reduce", op, dtype, shape, axes, prologue, value: prologue.length - 1, epilogue, ...base };
}

const JOIN: Record<ReduceOp, (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  max: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)),
  min: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b)),
};
const START: Record<ReduceOp, number> = { sum: 0, prod: 1, max: -Infinity, min: Infinity };

function naive(
  op: ReduceOp,
  shape: Shape,
  axes: readonly number[],
  prologue: readonly Instr[],
  values: readonly Value[],
) {
  const kept = shape.map((_, d) => d).filter((d) => !axes.includes(d));
  const strides = rowMajor(kept.map((d) => shape[d]));
  const result = new Array<number>(sizeOf(reduceShape(shape, axes))).fill(START[op]);
  forEachIndex(shape, (index) => {
    const to = kept.reduce((sum, d, i) => sum + index[d] * strides[i], 0);
    result[to] = JOIN[op](result[to], evaluate(prologue, index, values).at(-1)!);
  });
  return result;
}

async function check(
  op: ReduceOp,
  shape: Shape,
  axes: readonly number[],
  prologue: readonly Instr[],
  values: readonly Value[],
) {
  const { dtype } = prologue[prologue.length - 1];
  const want = naive(op, shape, axes, prologue, values);
  const to = values.length;
  const kernel = reduceKernel(op, shape, axes, prologue, identityStore(to, dtype));
  const results = await runKernels(backend, [kernel], [...values, output(want.length, dtype)]);
  want.forEach((x, i) => {
    const got = results[to][i];
    const tolerance =
      dtype === "float32" && op !== "max" && op !== "min" ? 2e-5 * Math.max(1, Math.abs(x)) : 0;
    const same =
      Object.is(got, x) || Math.abs(got - x) <= tolerance || (Number.isNaN(got) && Number.isNaN(x));
    if (!same) expect.fail(`${i}: got ${got}, want ${x}`);
  });
}

const SHAPES: readonly [Shape, readonly number[]][] = [
  [[1000], [0]],
  [[7], [0]],
  [[40, 10], [1]],
  [[40, 10], [0]],
  [[3, 700], [1]],
  [[700, 3], [0]],
  [
    [700, 3],
    [0, 1],
  ],
  [[5, 6, 7], [1]],
  [[50, 2, 3], [1]],
  [[3, 40, 600], [1]],
  [
    [3, 4, 5, 6],
    [0, 2],
  ],
  [
    [3, 4, 5, 6],
    [1, 3],
  ],
  [
    [3, 4, 5, 60],
    [0, 1, 2],
  ],
  [
    [8, 1, 9, 1],
    [0, 1],
  ],
  [
    [8, 1, 9, 1],
    [1, 3],
  ],
  [[8, 9], []],
  [[300, 700], [0]],
  [[2, 100_000], [1]],
  [[100_000, 2], [0]],
  [[300_000], [0]],
];

describe("arrangements", () => {
  it.each(SHAPES)("%j over %j", async (shape, axes) => {
    const x = input(noise(sizeOf(shape)));
    await check("sum", shape, axes, [load(0, shape)], [x]);
    await check("max", shape, axes, [load(0, shape), map("neg", [0])], [x]);
  });
});

describe("prologues", () => {
  it("reads permuted, broadcast and padded views", async () => {
    const shape = [6, 20, 30];
    const prologue = [
      load(0, shape, "float32", { offset: 0, strides: [600, 1, 20] }),
      load(1, shape, "float32", { offset: 0, strides: [0, 0, 1] }),
      load(0, shape, "float32", {
        offset: 0,
        strides: [600, 30, 1],
        bounds: {
          ranges: [
            [0, 6],
            [1, 18],
            [0, 30],
          ],
          fill: 2,
        },
      }),
      map("mul", [0, 1]),
      map("add", [2, 3]),
    ];
    for (const axes of [[0], [1], [2], [0, 2], [0, 1, 2]]) {
      await check("sum", shape, axes, prologue, [input(noise(3600)), input(noise(30, 1, 5))]);
    }
  });

  it("counts with an index and a constant", async () => {
    const shape = [30, 50];
    const index: Instr = { op: "index", dtype: "int32", map: { offset: 0, strides: [0, 1] } };
    for (const axes of [[0], [1], [0, 1]]) {
      await check("sum", shape, axes, [index], []);
      await check("sum", shape, axes, [constant(1)], []);
    }
  });
});

describe("operations", () => {
  it.each<[ReduceOp, DType]>([
    ["sum", "int32"],
    ["prod", "int32"],
    ["max", "int32"],
    ["min", "int32"],
    ["sum", "uint32"],
    ["max", "uint32"],
    ["min", "uint32"],
    ["max", "bool"],
    ["min", "bool"],
    ["prod", "float32"],
    ["min", "float32"],
  ])("%s of %s", async (op, dtype) => {
    const shape = [9, 21];
    const range = { int32: 3, uint32: 1.9, bool: 1, float32: 1 }[dtype];
    const data = noise(189, range).map((x) =>
      dtype === "float32" ? x : dtype === "int32" ? Math.trunc(x) || 1 : Math.abs(Math.round(x)),
    );
    for (const axes of [[0], [1]]) {
      const small = op === "prod" ? data.map((x) => Math.sign(x)) : data;
      await check(op, shape, axes, [load(0, shape, dtype)], [input(small, dtype)]);
    }
  });

  it("wraps integers", async () => {
    const kernel = reduceKernel("sum", [3], [0], [load(0, [3], "int32")], identityStore(1, "int32"));
    const [, sum] = await runKernels(
      backend,
      [kernel],
      [input([2 ** 31 - 1, 1, 5], "int32"), output(1, "int32")],
    );
    expect([...sum]).toEqual([-(2 ** 31) + 5]);
  });

  it("lets NaN through", async () => {
    for (const shape of [
      [1, 37],
      [37, 4],
    ]) {
      const x = noise(sizeOf(shape));
      x[5] = Number.NaN;
      for (const op of ["max", "min", "sum"] as const) {
        await check(op, shape, [shape[0] === 1 ? 1 : 0], [load(0, shape)], [input(x)]);
      }
    }
  });

  it("of nothing is the identity", async () => {
    for (const [op, want] of [
      ["sum", 0],
      ["max", -Infinity],
      ["min", Infinity],
      ["prod", 1],
    ] as const) {
      const kernel = reduceKernel(op, [3, 0], [1], [load(0, [3, 0])], identityStore(1));
      const [, got] = await runKernels(backend, [kernel], [input([]), output(3)]);
      expect([...got]).toEqual([want, want, want]);
    }
  });
});

describe("epilogues", () => {
  const epilogue: Program = {
    instrs: [{ op: "acc", dtype: "float32" }, load(1, [20]), map("mul", [0, 1]), map("exp", [2])],
    stores: [
      { output: 1, value: 2 },
      { output: 2, value: 3 },
    ],
  };
  it.each<[Shape, number]>([
    [[20, 30], 1],
    [[30, 20], 0],
    [[20, 60_000], 1],
    [[60_000, 20], 0],
  ])("%j over %i, in place", async (shape, axis) => {
    const [x, scale] = [noise(sizeOf(shape)), noise(20, 1e-2, 3)];
    const values = [input(x), input(scale), output(20)];
    const kernel = reduceKernel("sum", shape, [axis], [load(0, shape)], epilogue);
    const [, product, y] = await runKernels(backend, [kernel], values);
    naive("sum", shape, [axis], [load(0, shape)], values).forEach((sum, i) => {
      expect(product[i]).toBeCloseTo(sum * scale[i], 4);
      expect(y[i]).toBeCloseTo(Math.exp(product[i]), 3);
    });
  });
});

it("sums many equal terms almost exactly", async () => {
  for (const [shape, axis] of [
    [[1 << 20], 0],
    [[1 << 20, 1], 0],
    [[1 << 16, 8], 0],
  ] as const) {
    const kernel = reduceKernel("sum", shape, [axis], [load(0, shape)], identityStore(1));
    const size = sizeOf(shape);
    const outputs = size / shape[axis];
    const [, sum] = await runKernels(
      backend,
      [kernel],
      [input(new Float32Array(size).fill(0.1)), output(outputs)],
    );
    expect(Math.abs(sum[0] / (Math.fround(0.1) * shape[axis]) - 1)).toBeLessThan(2e-6);
  }
});
