/** softmax, arg-reductions, scans, sorting, gather and scatter. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWasmBackend, type WasmBackend } from "../../src/backends/wasm/index.ts";
import type { DType } from "../../src/base/dtype.ts";
import type { Kernel } from "../../src/kernel/types.ts";
import { input, noise, output, runKernels, type Value } from "./harness.ts";

let backend: WasmBackend;
beforeAll(async () => {
  backend = await createWasmBackend({ threads: 2, kernels: { threads: "all" } });
  await backend.engine.ready();
});
afterAll(() => backend.close());

const base = { label: "test", flops: 0, bytes: 0 };

/** Runs one kernel whose inputs are `inputs` and whose outputs follow them. */
async function run(kernel: object, inputs: readonly Value[], outputs: readonly Value[]) {
  const ids = (count: number, from: number): number[] => Array.from({ length: count }, (_, i) => from + i);
  const whole = {
    ...base,
    inputs: ids(inputs.length, 0),
    outputs: ids(outputs.length, inputs.length),
    ...kernel,
  } as unknown as Kernel;
  const results = await runKernels(backend, [whole], [...inputs, ...outputs]);
  return results.slice(inputs.length);
}

describe("softmax", () => {
  it.each([1, 2, 3, 4, 7, 10, 64, 1001])("rows of %i", async (length) => {
    const rows = 37;
    const x = noise(rows * length, 20);
    for (const log of [false, true]) {
      const [y] = await run({ kind: "softmax", log, rows, length }, [input(x)], [output(x.length)]);
      for (let row = 0; row < rows; row++) {
        const line = [...x.subarray(row * length, (row + 1) * length)];
        const most = Math.max(...line);
        const sum = line.reduce((s, v) => s + Math.exp(v - most), 0);
        line.forEach((v, i) => {
          const want = log ? v - most - Math.log(sum) : Math.exp(v - most) / sum;
          expect(Math.abs(y[row * length + i] - want)).toBeLessThanOrEqual(
            3e-6 * Math.max(Math.abs(want), log ? 1 : 1e-3),
          );
        });
      }
    }
  });

  it("takes extreme rows", async () => {
    const x = [1e38, -1e38, 0, -Infinity, 5, 5, NaN, 1, 2];
    const [y] = await run({ kind: "softmax", log: false, rows: 3, length: 3 }, [input(x)], [output(9)]);
    expect([...y]).toEqual([1, 0, 0, 0, 0.5, 0.5, NaN, NaN, NaN]);
  });
});

const LINES = [
  [1, 1, 1],
  [3, 50, 1],
  [1, 40, 7],
  [4, 100, 3],
  [1, 5000, 1],
] as const;

/** Calls `visit` with the positions of each line. */
function forEachLine(
  outer: number,
  length: number,
  inner: number,
  visit: (at: number[], line: number) => void,
): void {
  for (let o = 0; o < outer; o++) {
    for (let n = 0; n < inner; n++) {
      visit(
        Array.from({ length }, (_, i) => (o * length + i) * inner + n),
        o * inner + n,
      );
    }
  }
}

const sample = (size: number, dtype: DType): number[] =>
  [...noise(size, 4)].map((x, i) =>
    dtype === "float32"
      ? Math.fround(Math.round(x * 8) / 8)
      : dtype === "int32"
        ? Math.round(x)
        : (i * 7919) % 13,
  );

describe.each(["float32", "int32", "uint32"] as const)("lines of %s", (dtype) => {
  it.each(LINES)("argReduce over [%i, %i, %i]", async (outer, length, inner) => {
    const x = sample(outer * length * inner, dtype);
    for (const op of ["max", "min"] as const) {
      const [got] = await run(
        { kind: "argReduce", op, dtype, outer, length, inner },
        [input(x, dtype)],
        [output(outer * inner, "int32")],
      );
      forEachLine(outer, length, inner, (at, line) => {
        const values = at.map((i) => x[i]);
        expect(got[line]).toBe(values.indexOf(Math[op](...values)));
      });
    }
  });

  it.each(LINES)("cumulative over [%i, %i, %i]", async (outer, length, inner) => {
    const x = sample(outer * length * inner, dtype);
    for (const op of ["sum", "prod"] as const) {
      for (const reverse of [false, true]) {
        const data =
          op === "prod" ? x.map((v) => (dtype === "uint32" ? 1 + (v % 2) * 2 : Math.sign(v) || 1)) : x;
        const kernel = { kind: "cumulative", op, dtype, reverse, outer, length, inner };
        const [got] = await run(kernel, [input(data, dtype)], [output(x.length, dtype)]);
        forEachLine(outer, length, inner, (at) => {
          let sum = op === "sum" ? 0 : 1;
          for (const i of reverse ? at.reverse() : at) {
            sum =
              op === "sum"
                ? sum + data[i]
                : dtype === "uint32"
                  ? Math.imul(sum, data[i]) >>> 0
                  : sum * data[i];
            expect(got[i]).toBeCloseTo(sum, 2);
          }
        });
      }
    }
  });

  it.each([...LINES, [2, 40_000, 1] as const])("sort over [%i, %i, %i]", async (outer, length, inner) => {
    const x = sample(outer * length * inner, dtype);
    for (const descending of [false, true]) {
      const kernel = { kind: "sort", descending, dtype, outer, length, inner };
      const [values, indices] = await run(
        kernel,
        [input(x, dtype)],
        [output(x.length, dtype), output(x.length, "int32")],
      );
      forEachLine(outer, length, inner, (at) => {
        const order = at
          .map((_, i) => i)
          .sort((i, j) => (descending ? x[at[j]] - x[at[i]] : x[at[i]] - x[at[j]]) || i - j);
        expect(at.map((i) => indices[i])).toEqual(order);
        expect(at.map((i) => values[i] + 0)).toEqual(order.map((i) => x[at[i]] + 0));
      });
    }
  });
});

describe("not a number", () => {
  const x = input([2, NaN, -1, NaN, 3]);
  it("wins an argReduce, the first of several", async () => {
    for (const op of ["max", "min"]) {
      const [got] = await run(
        { kind: "argReduce", op, dtype: "float32", outer: 1, length: 5, inner: 1 },
        [x],
        [output(1, "int32")],
      );
      expect(got[0]).toBe(1);
    }
  });

  it("is sorted as the largest", async () => {
    for (const descending of [false, true]) {
      const kernel = { kind: "sort", descending, dtype: "float32", outer: 1, length: 5, inner: 1 };
      const [, indices] = await run(kernel, [x], [output(5), output(5, "int32")]);
      expect([...indices]).toEqual(descending ? [1, 3, 4, 0, 2] : [2, 0, 4, 1, 3]);
    }
  });
});

describe.each([false, true])("gather and scatter, along: %s", (along) => {
  const [outer, length, inner, count] = [3, 50, 6, 40];
  const updatesSize = outer * count * inner;
  const indices = Array.from({ length: along ? updatesSize : count }, (_, i) => (i * i * 7 + i) % length);
  const indexOf = (o: number, i: number, n: number): number =>
    indices[along ? (o * count + i) * inner + n : i];
  const shape = { along, outer, length, inner, count, dtype: "float32" as DType };
  const x = noise(outer * length * inner);
  const updates = noise(updatesSize, 1, 9);

  function forEachUpdate(visit: (row: number, update: number) => void): void {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < count; i++) {
        for (let n = 0; n < inner; n++)
          visit((o * length + indexOf(o, i, n)) * inner + n, (o * count + i) * inner + n);
      }
    }
  }

  it("gathers", async () => {
    const [got] = await run(
      { kind: "gather", ...shape },
      [input(x), input(indices, "int32")],
      [output(updatesSize)],
    );
    forEachUpdate((row, update) => {
      expect(got[update]).toBe(x[row]);
    });
  });

  it("scatters: the last update wins", async () => {
    const want = x.slice();
    forEachUpdate((row, update) => {
      want[row] = updates[update];
    });
    const inputs = [input(x), input(indices, "int32"), input(updates)];
    const [got] = await run({ kind: "scatter", ...shape }, inputs, [output(x.length)]);
    expect(got).toEqual(want);
  });

  it("adds in index order", async () => {
    const want = x.slice();
    forEachUpdate((row, update) => {
      want[row] += updates[update];
    });
    const inputs = [input(x), input(indices, "int32"), input(updates)];
    const [got] = await run({ kind: "scatterAdd", ...shape }, inputs, [output(x.length)]);
    expect(got).toEqual(want);
  });

  it("adds integers over several chunks", async () => {
    const [rows, width, many] = [9000, 10, 300];
    const at = Array.from({ length: along ? many * width : many }, (_, i) => (i * 911) % rows);
    const ones = new Array<number>(many * width).fill(1);
    const kernel = {
      kind: "scatterAdd",
      along,
      outer: 1,
      length: rows,
      inner: width,
      count: many,
      dtype: "int32",
    };
    const zeros = new Array<number>(rows * width).fill(0);
    const [got] = await run(
      kernel,
      [input(zeros, "int32"), input(at, "int32"), input(ones, "int32")],
      [output(rows * width, "int32")],
    );
    expect([...got].reduce((sum, v) => sum + v, 0)).toBe(many * width);
  });
});

describe("an index out of range", () => {
  it("is clamped, and reported once with the next results", async () => {
    const kernel = {
      kind: "gather",
      along: false,
      outer: 1,
      length: 3,
      inner: 1,
      count: 3,
      dtype: "float32",
    };
    const values = [input([10, 20, 30]), input([0, 7, -2], "int32")];
    await expect(run(kernel, values, [output(3)])).rejects.toThrow(
      /^\[gather\] an index .* lies outside \[0, 3\): got -?[27]; it was clamped$/,
    );
    const [got] = await run({ ...kernel, count: 1 }, [values[0], input([2], "int32")], [output(1)]);
    expect([...got]).toEqual([30]);
  });

  it.each(["scatter", "scatterAdd"])("of %s names that op", async (kind) => {
    const kernel = { kind, along: false, outer: 1, length: 3, inner: 1, count: 1, dtype: "float32" };
    const values = [input([10, 20, 30]), input([4], "int32"), input([1])];
    await expect(run(kernel, values, [output(3)])).rejects.toThrow(
      `[${kind}] an index computed on the device`,
    );
  });
});
