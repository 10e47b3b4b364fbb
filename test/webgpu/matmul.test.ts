import { expect, test } from "vitest";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import type { MatmulKernel, Operand } from "../../src/kernel/types.ts";
import { common, describeWebGpu, expectClose, load, noise, plain, runKernel, step } from "./harness.ts";

interface Case {
  readonly batch?: Shape;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly ta?: boolean;
  readonly tb?: boolean;
}

function operand(
  input: number,
  { batch = [] }: Case,
  rows: number,
  columns: number,
  transposed = false,
): Operand {
  const strides = batch.map((_, d) => sizeOf(batch.slice(d + 1)) * rows * columns);
  return { input, offset: 0, rowStride: transposed ? rows : columns, transposed, batchStrides: strides };
}

function matmulOf(c: Case, extra: Partial<MatmulKernel> = {}): MatmulKernel {
  const { batch = [], m, n, k, ta = false, tb = false } = c;
  return {
    kind: "matmul",
    ...common([0, 1], [2]),
    dtype: "float32",
    batch,
    m,
    n,
    k,
    a: operand(0, c, m, k, ta),
    b: operand(1, c, k, n, tb),
    epilogue: plain(2),
    ...extra,
  };
}

function naive(kernel: MatmulKernel, a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const { batch, m, n, k } = kernel;
  const at = (o: Operand, z: number, row: number, column: number) => {
    let start = o.offset;
    for (let d = batch.length - 1, rest = z; d >= 0; d--) {
      start += (rest % batch[d]) * o.batchStrides[d];
      rest = Math.floor(rest / batch[d]);
    }
    return start + (o.transposed ? column * o.rowStride + row : row * o.rowStride + column);
  };
  const out: number[] = [];
  for (let z = 0; z < sizeOf(batch); z++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let r = 0; r < k; r++) sum += a[at(kernel.a, z, i, r)] * b[at(kernel.b, z, r, j)];
        out.push(sum);
      }
    }
  }
  return out;
}

const TRANSPOSES = [false, true].flatMap((ta) => [false, true].map((tb) => ({ ta, tb })));

describeWebGpu("matmul kernels", () => {
  test.each<Case>([
    { m: 5, n: 7, k: 6 },
    { m: 8, n: 12, k: 16 },
    { m: 33, n: 65, k: 17 },
    { m: 36, n: 64, k: 20 },
    { m: 130, n: 33, k: 9 },
    { m: 9, n: 10, k: 1500 },
    { m: 136, n: 12, k: 8200 },
    { m: 1, n: 37, k: 19 },
    { m: 3, n: 20, k: 700 },
    { m: 40, n: 2, k: 33 },
    { m: 1, n: 1, k: 3000 },
    { batch: [2, 3], m: 6, n: 8, k: 4 },
    { batch: [2], m: 2, n: 9, k: 5 },
  ])("$m × $k × $n, all transposes", async (c) => {
    const a = noise(sizeOf(c.batch ?? []) * c.m * c.k, 1);
    const b = noise(sizeOf(c.batch ?? []) * c.k * c.n, 2);
    for (const transposes of TRANSPOSES) {
      const kernel = matmulOf({ ...c, ...transposes });
      const [y] = await runKernel(
        kernel,
        [{ data: a }, { data: b }],
        [{ size: sizeOf(kernel.batch) * c.m * c.n }],
      );
      expectClose(y, naive(kernel, a, b), 3e-5);
    }
  });

  test.each<Case>([
    // Large, medium, tall and wide tiles.
    { m: 1100, n: 1160, k: 6 },
    { m: 260, n: 520, k: 5 },
    { m: 8200, n: 30, k: 6 },
    { m: 30, n: 8204, k: 6 },
  ])("$m × $k × $n", async (c) => {
    const [a, b] = [noise(c.m * c.k, 1), noise(c.k * c.n, 2)];
    const kernel = matmulOf(c);
    const [y] = await runKernel(kernel, [{ data: a }, { data: b }], [{ size: c.m * c.n }]);
    expectClose(y, naive(kernel, a, b), 1e-5);
  });

  test("offsets, row strides and broadcast batches", async () => {
    const c = { batch: [3], m: 6, n: 8, k: 8 };
    const kernel = matmulOf(c, {
      a: { input: 0, offset: 3, rowStride: 11, transposed: false, batchStrides: [70] },
      b: { input: 1, offset: 4, rowStride: 12, transposed: true, batchStrides: [0] },
    });
    const [a, b] = [noise(240, 1), noise(100, 2)];
    const [y] = await runKernel(kernel, [{ data: a }, { data: b }], [{ size: 3 * 6 * 8 }]);
    expectClose(y, naive(kernel, a, b));
  });

  test.each([
    { m: 6, n: 8, k: 10 },
    { m: 6, n: 7, k: 10 },
    { m: 2, n: 8, k: 10 },
    { m: 6, n: 8, k: 2000 },
  ])("bias, relu and an update in place: $m × $k × $n", async (c) => {
    const { m, n, k } = c;
    const kernel = matmulOf(c, {
      ...common([0, 1, 2, 3], [3, 4]),
      epilogue: {
        instrs: [
          { op: "acc", dtype: "float32" },
          load(2, { offset: 0, strides: [0, 1] }),
          step("add", [0, 1]),
          { op: "const", dtype: "float32", value: 0 },
          step("max", [2, 3]),
          load(3, { offset: 0, strides: [n, 1] }),
          step("add", [4, 5]),
        ],
        stores: [
          { output: 3, value: 6 },
          { output: 4, value: 2 },
        ],
      },
    });
    const [a, b, bias, state] = [noise(m * k, 1), noise(k * n, 2), noise(n, 3), noise(m * n, 4)];
    const [both, sum] = await runKernel(
      kernel,
      [{ data: a }, { data: b }, { data: bias }, { data: state }],
      [{ size: m * n }],
    );
    const plainSum = naive(kernel, a, b).map((v, i) => v + bias[i % n]);
    expectClose(sum, plainSum, 2e-5);
    expectClose(
      both,
      plainSum.map((v, i) => Math.max(v, 0) + state[i]),
      2e-5,
    );
  });

  test("k = 0 gives zeros; NaN passes; int32 wraps", async () => {
    const empty = matmulOf({ m: 5, n: 6, k: 0 });
    const [zeros] = await runKernel(empty, [{ data: [] }, { data: [] }], [{ size: 30 }]);
    expect(Array.from(zeros)).toEqual(new Array(30).fill(0));

    const kernel = matmulOf({ m: 5, n: 8, k: 8 });
    const a = noise(40);
    a[9] = NaN;
    const [y] = await runKernel(kernel, [{ data: a }, { data: noise(64) }], [{ size: 40 }]);
    Array.from(y).forEach((v, i) => {
      expect(Number.isNaN(v)).toBe(i >= 8 && i < 16);
    });

    const ints = matmulOf({ m: 2, n: 2, k: 2, tb: true }, { dtype: "int32", epilogue: plain(2, "int32") });
    const [product] = await runKernel(
      ints,
      [
        { dtype: "int32", data: [65536, 1, -3, 4] },
        { dtype: "int32", data: [65536, 2, 5, -6] },
      ],
      [{ dtype: "int32", size: 4 }],
    );
    expect(Array.from(product)).toEqual([2, 327674, -196600, -39]);
  });
});
