import { expect, test } from "vitest";
import type { DType } from "../../src/base/dtype.ts";
import { rowMajor, type Shape, sizeOf } from "../../src/base/shape.ts";
import type { Program, ReduceKernel, ReduceOp } from "../../src/kernel/types.ts";
import {
  allocate,
  common,
  dense,
  describeWebGpu,
  expectClose,
  indicesOf,
  load,
  noise,
  plain,
  runKernel,
  step,
  toHost,
} from "./harness.ts";

const COMBINE: Record<ReduceOp, (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  max: Math.max,
  min: Math.min,
};
const START: Record<ReduceOp, number> = { sum: 0, prod: 1, max: -Infinity, min: Infinity };

function reduceNaive(op: ReduceOp, x: ArrayLike<number>, shape: Shape, axes: number[]): number[] {
  const kept = shape.map((dim, d) => (axes.includes(d) ? 1 : dim));
  const strides = rowMajor(kept);
  const out = new Array<number>(sizeOf(kept)).fill(START[op]);
  indicesOf(shape).forEach((index, i) => {
    const o = index.reduce((sum, c, d) => sum + (axes.includes(d) ? 0 : c * strides[d]), 0);
    out[o] = COMBINE[op](out[o], x[i]);
  });
  return out;
}

function reduceOf(
  op: ReduceOp,
  shape: Shape,
  axes: number[],
  dtype: DType = "float32",
  epilogue: Program = plain(1, dtype),
): ReduceKernel {
  return {
    kind: "reduce",
    ...common([0], [1]),
    op,
    dtype,
    shape,
    axes,
    prologue: [load(0, dense(shape), dtype)],
    value: 0,
    epilogue,
  };
}

describeWebGpu("kernels along lines", (backend) => {
  test.each<[Shape, number[]]>([
    [[5], [0]],
    [[3, 7], [1]],
    [[3, 7], [0]],
    [
      [3, 7],
      [0, 1],
    ],
    [
      [2, 3, 5, 4],
      [0, 2],
    ],
    [
      [2, 3, 5, 4],
      [1, 3],
    ],
    [[4, 300], [1]],
    [[300, 40], [0]],
    [[1, 20000], [1]],
    [[20000, 3], [0]],
    [[33000, 2], [1]],
    [
      [1, 6, 1],
      [0, 2],
    ],
  ])("reduces %j over %j", async (shape, axes) => {
    const x = noise(sizeOf(shape));
    const size = sizeOf(shape.filter((_, d) => !axes.includes(d)));
    for (const op of ["sum", "max", "min"] as const) {
      const [y] = await runKernel(reduceOf(op, shape, axes), [{ data: x }], [{ size }]);
      expectClose(y, reduceNaive(op, x, shape, axes), 2e-5);
    }
  });

  test("reduces with a prologue and an epilogue, and a permuted view", async () => {
    const [rows, columns] = [9, 50];
    const x = noise(rows * columns);
    const kernel: ReduceKernel = {
      ...reduceOf("sum", [columns, rows], [0]),
      inputs: [0, 1],
      outputs: [2],
      prologue: [
        load(0, { offset: 0, strides: [1, columns] }),
        load(1, { offset: 0, strides: [0, 1] }),
        step("sub", [0, 1]),
        step("mul", [2, 2]),
      ],
      value: 3,
      epilogue: {
        instrs: [
          { op: "acc", dtype: "float32" },
          { op: "scalar", dtype: "float32", slot: 0 },
          step("mul", [0, 1]),
          load(1, { offset: 0, strides: [1] }),
          step("add", [2, 3]),
        ],
        stores: [{ output: 2, value: 4 }],
      },
    };
    const mean = noise(rows, 2);
    const [y] = await runKernel(
      kernel,
      [{ data: x }, { data: mean }],
      [{ size: rows }],
      [{ dtype: "float32", value: 0.5 }],
    );
    const expected = Array.from(mean, (m, r) => {
      const row = x.slice(r * columns, (r + 1) * columns);
      return row.reduce((sum, v) => sum + (v - m) ** 2, 0) * 0.5 + m;
    });
    expectClose(y, expected, 1e-5);
  });

  test("NaN propagates; reductions of nothing; ints and bools", async () => {
    const [y] = await runKernel(
      reduceOf("max", [2, 300], [1]),
      [{ data: [...noise(599), NaN] }],
      [{ size: 2 }],
    );
    expect(y[0]).toBeLessThan(1);
    expect(y[1]).toBeNaN();

    const [none] = await runKernel(reduceOf("sum", [3, 0], [1]), [{ data: [] }], [{ size: 3 }]);
    expect(Array.from(none)).toEqual([0, 0, 0]);

    const ints = [2 ** 31 - 1, 1, -5, 7];
    const [sum] = await runKernel(
      reduceOf("sum", [2, 2], [1], "int32"),
      [{ dtype: "int32", data: ints }],
      [{ dtype: "int32", size: 2 }],
    );
    expect(Array.from(sum)).toEqual([-(2 ** 31), 2]);
    for (const [op, expected] of [
      ["max", [1, 0, 1]],
      ["min", [0, 0, 1]],
    ] as const) {
      const bools = { dtype: "bool", data: [1, 0, 0, 0, 1, 1] } as const;
      const [any] = await runKernel(reduceOf(op, [3, 2], [1], "bool"), [bools], [{ dtype: "bool", size: 3 }]);
      expect(Array.from(any)).toEqual(expected);
    }
  });

  test.each([
    [3, 10],
    [5, 700],
    [1, 4],
  ])("softmax of %i rows of %i", async (rows, length) => {
    const x = noise(rows * length).map((v) => v * 10);
    x[0] = 100;
    for (const log of [false, true]) {
      const kernel = { kind: "softmax", ...common([0], [1]), log, rows, length } as const;
      const [y] = await runKernel(kernel, [{ data: x }], [{ size: x.length }]);
      const expected = Array.from({ length: rows }, (_, r) => {
        const row = Array.from(x.slice(r * length, (r + 1) * length));
        const top = Math.max(...row);
        const total = row.reduce((sum, v) => sum + Math.exp(v - top), 0);
        return row.map((v) => (log ? v - top - Math.log(total) : Math.exp(v - top) / total));
      }).flat();
      expectClose(y, expected, 2e-6);
    }
  });

  test.each([
    [2, 5, 3],
    [4, 300, 1],
    [1, 20000, 1],
  ])("arg-reduces [%i, %i, %i]", async (outer, length, inner) => {
    const x = noise(outer * length * inner).map((v) => Math.round(v * 50));
    x[3 * inner] = -0;
    for (const op of ["max", "min"] as const) {
      for (const hasNaN of [false, true]) {
        if (hasNaN) x[inner] = NaN;
        const kernel = {
          kind: "argReduce",
          ...common([0], [1]),
          op,
          dtype: "float32",
          outer,
          length,
          inner,
        } as const;
        const [y] = await runKernel(kernel, [{ data: x }], [{ dtype: "int32", size: outer * inner }]);
        const expected = indicesOf([outer, inner]).map(([o, n]) => {
          let best = 0;
          const at = (i: number) => x[(o * length + i) * inner + n];
          for (let i = 1; i < length && !Number.isNaN(at(best)); i++) {
            if (Number.isNaN(at(i)) || (op === "max" ? at(i) > at(best) : at(i) < at(best))) best = i;
          }
          return best;
        });
        expect(Array.from(y)).toEqual(expected);
      }
      x[inner] = 0;
    }
  });

  test.each([
    [2, 5, 3, false],
    [2, 600, 1, true],
    [1, 300, 2, false],
    [2100, 3, 1, true],
  ])("accumulates [%i, %i, %i], reverse %s", async (outer, length, inner, reverse) => {
    const x = noise(outer * length * inner);
    for (const op of ["sum", "prod"] as const) {
      const kernel = {
        kind: "cumulative",
        ...common([0], [1]),
        op,
        dtype: "float32",
        reverse,
        outer,
        length,
        inner,
      } as const;
      const [y] = await runKernel(kernel, [{ data: x }], [{ size: x.length }]);
      const expected = new Array<number>(x.length);
      for (const [o, n] of indicesOf([outer, inner])) {
        let acc = op === "sum" ? 0 : 1;
        for (let c = 0; c < length; c++) {
          const i = (o * length + (reverse ? length - 1 - c : c)) * inner + n;
          acc = op === "sum" ? acc + x[i] : acc * x[i];
          expected[i] = acc;
        }
      }
      expectClose(y, expected, 2e-5);
    }
  });

  test.each([
    [1, 1, 1],
    [2, 7, 3],
    [2, 1025, 1],
    [1, 5000, 1],
  ])("sorts [%i, %i, %i], stably", async (outer, length, inner) => {
    const x = noise(outer * length * inner).map((v) => Math.round(v * 100));
    if (length > 5) [x[0], x[inner], x[2 * inner], x[4 * inner]] = [NaN, -Infinity, -0, NaN];
    for (const descending of [false, true]) {
      const kernel = {
        kind: "sort",
        ...common([0], [1, 2]),
        descending,
        dtype: "float32",
        outer,
        length,
        inner,
      } as const;
      const [values, indices] = await runKernel(
        kernel,
        [{ data: x }],
        [{ size: x.length }, { dtype: "int32", size: x.length }],
      );
      const sign = descending ? -1 : 1;
      const rank = (v: number) =>
        Number.isNaN(v) ? Infinity : v === Infinity ? 1e30 : v === -Infinity ? -1e30 : v;
      for (const [o, n] of indicesOf([outer, inner])) {
        const at = (i: number) => (o * length + i) * inner + n;
        const order = Array.from({ length }, (_, i) => i);
        order.sort((a, b) => {
          const [p, q] = [rank(x[at(a)]), rank(x[at(b)])];
          return p === q ? a - b : sign * (p < q ? -1 : 1);
        });
        expect(order.map((_, i) => indices[at(i)])).toEqual(order);
        expect(order.map((_, i) => values[at(i)])).toEqual(order.map((i) => x[at(i)]));
      }
    }
  });

  test.each([
    [false, 2, 6, 3, 9],
    [true, 2, 6, 3, 4],
    [false, 1, 50, 4, 1500],
    [true, 1, 3, 1, 1],
  ])(
    "gathers and scatters (along %s, [%i, %i, %i], %i indices)",
    async (along, outer, length, inner, count) => {
      const x = noise(outer * length * inner);
      const updates = noise(outer * count * inner, 3);
      const indices = noise(along ? updates.length : count, 5).map((v) => Math.floor(((v + 1) / 2) * length));
      const at = (o: number, i: number, n: number) => indices[along ? (o * count + i) * inner + n : i];
      const base = { dtype: "float32", along, outer, length, inner, count } as const;
      const index = { dtype: "int32", data: indices } as const;
      const points = indicesOf([outer, count, inner]);

      const [taken] = await runKernel(
        { kind: "gather", ...common([0, 1], [2]), ...base },
        [{ data: x }, index],
        [{ size: updates.length }],
      );
      expect(Array.from(taken)).toEqual(points.map(([o, i, n]) => x[(o * length + at(o, i, n)) * inner + n]));

      for (const kind of ["scatter", "scatterAdd"] as const) {
        const kernel = { kind, ...common([0, 1, 2], [3]), ...base };
        const [y] = await runKernel(kernel, [{ data: x }, index, { data: updates }], [{ size: x.length }]);
        const expected = Array.from(x);
        points.forEach(([o, i, n], u) => {
          const to = (o * length + at(o, i, n)) * inner + n;
          expected[to] = kind === "scatter" ? updates[u] : expected[to] + updates[u];
        });
        expectClose(y, expected, 1e-5);
      }
    },
  );

  test("an index out of range is clamped and reported once", async () => {
    const kernel = {
      kind: "gather",
      ...common([0, 1], [2]),
      dtype: "float32",
      along: false,
      outer: 1,
      length: 3,
      inner: 1,
      count: 2,
    } as const;
    const values = [
      { dtype: "float32", size: 3 },
      { dtype: "int32", size: 2 },
      { dtype: "float32", size: 2 },
    ] as const;
    const executable = await backend.compile({ kernels: [kernel], values, scalars: [] });
    const bind = values.map(({ size }) => allocate(backend, size));
    backend.upload(bind[0], new Float32Array([5, 6, 7]));
    backend.upload(bind[1], toHost({ dtype: "int32", data: [-4, 1] }));
    backend.execute(executable, bind, []);
    const result = new Float32Array(2);
    await expect(backend.download(bind[2], result)).rejects.toThrow(
      "[gather] index out of range [0, 3): got -4",
    );
    await backend.download(bind[2], result);
    expect(Array.from(result)).toEqual([5, 6]);
    backend.execute(executable, bind, []);
    await expect(backend.sync()).rejects.toThrow("[gather] index out of range");
    await backend.sync();
  });
});
