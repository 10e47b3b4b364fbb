/** Matrix products against naive float64 loops: every tile edge, layout and batch, long sums, vectors, integers. */
import { expect, it } from "vitest";
import type { WasmBackend } from "../../src/backends/wasm/index.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import type { Instr, MatmulKernel, Operand } from "../../src/kernel/types.ts";
import type { BinaryName } from "../../src/ops/elementwise/names.ts";
import {
  addInPlace,
  biasRelu,
  check,
  describeBinaries,
  type Epilogue,
  Random,
  sumTolerance,
} from "./contraction.ts";
import { constant, input, load, map, noise, output, runKernels } from "./harness.ts";

type Product = Omit<MatmulKernel, "label" | "flops" | "bytes" | "inputs" | "outputs" | "epilogue">;

interface Options {
  readonly batch?: Shape;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Elements between rows that belong to neither. */
  readonly gap?: number;
  /** Batch axes along which an operand repeats. */
  readonly repeatA?: readonly boolean[];
  readonly repeatB?: readonly boolean[];
}

function product(m: number, n: number, k: number, options: Options = {}): Product {
  const { batch = [], transposeA = false, transposeB = false, gap = 0, repeatA = [], repeatB = [] } = options;
  const operand = (
    id: number,
    rows: number,
    columns: number,
    transposed: boolean,
    repeat: readonly boolean[],
  ) => {
    const [stored, rowStride] = transposed ? [columns, rows + gap] : [rows, columns + gap];
    const batchStrides = new Array<number>(batch.length);
    let step = stored * rowStride;
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      batchStrides[axis] = repeat[axis] ? 0 : step;
      if (!repeat[axis]) step *= batch[axis];
    }
    return { input: id, offset: gap, rowStride, transposed, batchStrides };
  };
  return {
    kind: "matmul",
    dtype: "float32",
    batch,
    m,
    n,
    k,
    a: operand(0, m, k, transposeA, repeatA),
    b: operand(1, k, n, transposeB, repeatB),
  };
}

/** Elements of an operand that has `rows` rows, stored or not as they are. */
function extent(
  batch: Shape,
  { offset, rowStride, transposed, batchStrides }: Operand,
  rows: number,
  columns: number,
) {
  const matrix = (transposed ? columns : rows) * rowStride;
  return batch.reduce((sum, size, axis) => sum + (size - 1) * batchStrides[axis], offset + matrix);
}

const operandsOf = ({ batch, a, b, m, n, k }: Product) =>
  [noise(extent(batch, a, m, k), 1, 3), noise(extent(batch, b, k, n), 1, 4)] as const;

function naive(p: Product, [a, b]: readonly [ArrayLike<number>, ArrayLike<number>]): Float64Array {
  const { m, n, k, batch } = p;
  const result = new Float64Array(sizeOf(batch) * m * n);
  const at = ({ rowStride, transposed }: Operand, row: number, column: number) =>
    transposed ? column * rowStride + row : row * rowStride + column;
  for (let index = 0; index < sizeOf(batch); index++) {
    let [offsetA, offsetB, rest] = [p.a.offset, p.b.offset, index];
    for (let axis = batch.length - 1; axis >= 0; axis--) {
      offsetA += (rest % batch[axis]) * p.a.batchStrides[axis];
      offsetB += (rest % batch[axis]) * p.b.batchStrides[axis];
      rest = Math.floor(rest / batch[axis]);
    }
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += a[offsetA + at(p.a, i, l)] * b[offsetB + at(p.b, l, j)];
        result[(index * m + i) * n + j] = sum;
      }
    }
  }
  return result;
}

const layouts = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

/**
 * min(max(acc · scale + shift, low), 0.4) with the steps that are bits of `parts`, from the left; the fifth puts the
 * accumulator on the right of each.
 */
function columnwise(rows: number, columns: number, parts: number, low = -0.3): Epilogue {
  const shape = [rows, columns];
  const inputs = [6, 7].map((seed) => noise(columns, 1, seed));
  const [scale, shift] = inputs;
  const instrs: Instr[] = [{ op: "acc", dtype: "float32" }];
  const push = (instr: Instr) => instrs.push(instr) - 1;
  const has = (part: number) => ((parts >> part) & 1) === 1;
  const vector = (id: number) => push(load(id, shape, "float32", { offset: 0, strides: [0, 1] }));
  const step = (part: number, name: BinaryName, operand: () => number) => {
    if (!has(part)) return;
    const args = [instrs.length - 1, operand()];
    push(map(name, has(4) ? args.reverse() : args));
  };
  step(0, "mul", () => vector(3));
  step(1, "add", () => vector(4));
  step(2, "max", () => push(constant(low)));
  step(3, "min", () => push(constant(0.4)));
  return {
    program: { instrs, stores: [{ output: 2, value: instrs.length - 1 }] },
    inputs,
    expect: (raw, index) => {
      const j = index % columns;
      const scaled = (has(0) ? raw * scale[j] : raw) + (has(1) ? shift[j] : 0);
      const raised = has(2) ? Math.max(scaled, low) : scaled;
      return has(3) ? Math.min(raised, 0.4) : raised;
    },
  };
}

const suite = (backend: () => WasmBackend): void => {
  const verify = (p: Product, epilogue?: Parameters<typeof check>[5]) => {
    const operands = operandsOf(p);
    return check(backend(), p, operands, naive(p, operands), sumTolerance(p.k), epilogue);
  };

  it("multiplies every remainder of a tile in every layout", async () => {
    for (const layout of layouts)
      for (const m of [5, 6, 7, 8])
        for (const n of [5, 7, 8, 9, 17])
          for (const k of [1, 2, 3, 4, 5, 9]) await verify(product(m, n, k, layout));
  });

  it("multiplies random shapes with gaps and batches, some of them repeated", async () => {
    const random = new Random(1);
    const flip = () => random.next() < 0.5;
    for (let round = 0; round < 150; round++) {
      const batch = random.pick([[], [3], [2, 3], [2, 1, 2]]);
      const options = {
        batch,
        transposeA: flip(),
        transposeB: flip(),
        gap: random.int(0, 3),
        repeatA: batch.map(flip),
        repeatB: batch.map(flip),
      };
      await verify(product(random.int(1, 40), random.int(1, 40), random.int(1, 40), options));
    }
  });

  it("multiplies products of many blocks and chunks", async () => {
    for (const layout of layouts) {
      await verify(product(130, 300, 530, layout));
      await verify(product(300, 66, 600, layout));
    }
  });

  it("adds long sums in parts", async () => {
    for (const layout of layouts) await verify(product(10, 12, 40_000, layout));
  });

  it("multiplies matrices with few vectors", async () => {
    for (const layout of layouts)
      for (const count of [1, 2, 4])
        for (const batch of [[], [3]]) {
          await verify(product(count, 77, 50, { ...layout, batch }));
          await verify(product(77, count, 50, { ...layout, batch }));
        }
    await verify(product(1, 3000, 300));
    await verify(product(1, 3000, 300, { transposeB: true }));
  });

  it("gives zeros for empty sums and nothing for empty results", async () => {
    for (const [m, n, k] of [
      [5, 9, 0],
      [1, 40, 0],
      [0, 9, 3],
      [9, 0, 3],
    ])
      for (const transposeB of [false, true]) await verify(product(m, n, k, { transposeB }));
  });

  it("runs an epilogue once per element", async () => {
    for (const [m, n, k] of [
      [40, 24, 7],
      [130, 520, 300],
      [1, 100, 20],
      [100, 3, 20],
      [12, 12, 9000],
    ]) {
      const p = product(m, n, k, { transposeB: true });
      await verify(p, biasRelu(2, 3, [m, n]));
      await verify(p, addInPlace(2, [m, n]));
    }
  });

  it("applies every part of a columnwise epilogue", async () => {
    for (let parts = 1; parts < 32; parts++) {
      await verify(product(7, 21, 9), columnwise(7, 21, parts));
      if (parts % 3 === 0)
        await verify(product(66, 21, 300, { transposeA: true }), columnwise(66, 21, parts));
    }
    await verify(product(70, 600, 520, { transposeB: true }), columnwise(70, 600, 15));
    await verify(product(6, 9, 5), columnwise(6, 9, 15, Number.NaN));
  });

  it("lets NaN and infinities through, beside zeros too", async () => {
    const p = product(6, 9, 5);
    const [a, b] = operandsOf(p);
    a[7] = Number.NaN;
    b[11] = Number.POSITIVE_INFINITY;
    a.fill(0, 10, 15);
    await check(backend(), p, [a, b], naive(p, [a, b]), sumTolerance(5));
  });

  it("multiplies integers modulo 2³²", async () => {
    for (const layout of layouts) {
      const p = { ...product(9, 11, 13, { ...layout, batch: [2] }), dtype: "int32" } as const;
      const [a, b] = operandsOf(p).map((x) => Int32Array.from(x, (v) => v * 2 ** 31));
      const want = new Int32Array(2 * 9 * 11);
      for (let index = 0; index < want.length; index++) {
        const [batch, i, j] = [Math.floor(index / 99), Math.floor(index / 11) % 9, index % 11];
        for (let l = 0; l < 13; l++) {
          const at = (o: Operand, row: number, column: number) =>
            batch * o.batchStrides[0] +
            (o.transposed ? column * o.rowStride + row : row * o.rowStride + column);
          want[index] += Math.imul(a[at(p.a, i, l)], b[at(p.b, l, j)]);
        }
      }
      const epilogue = {
        instrs: [{ op: "acc", dtype: "int32" } as const],
        stores: [{ output: 2, value: 0 }],
      };
      const kernel = { ...p, label: "test", flops: 0, bytes: 0, inputs: [0, 1], outputs: [2], epilogue };
      const values = [input(a, "int32"), input(b, "int32"), output(want.length, "int32")];
      const results = await runKernels(backend(), [kernel], values);
      expect(results[2]).toEqual(want);
    }
  });
};

describeBinaries("matmul", suite);
describeBinaries("matmul by tiles alone", suite, { matmul: "tiles" });
