// Rows of kernels that are bound by memory: elementwise programs, reductions, lines, gathers.
import { Kernel } from "../../assembly/kernels.ts";
import { MAX_PARTIALS } from "../../src/backends/wasm/lower/rawResult.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import type { Affine, Instr, ReduceOp } from "../../src/kernel/types.ts";
import { constant, dense, load, map } from "../../test/wasm/harness.ts";
import { f32, i32, type Row } from "./row.ts";

const SIDE = 1000;
const SQUARE: Shape = [SIDE, SIDE];
const MILLION = sizeOf(SQUARE);

/** Stores the last instruction. */
function program(
  name: string,
  title: string,
  instrs: readonly Instr[],
  inputs: readonly number[],
  to?: Affine,
): Row {
  const stores = [{ output: inputs.length, value: instrs.length - 1, ...(to && { map: to }) }];
  return {
    ...{ name, title, kernel: Kernel.Map, inputs: inputs.map(f32) },
    form: { kind: "map", shape: SQUARE, program: { instrs, stores } },
    outputs: [{ dtype: instrs[instrs.length - 1].dtype, size: MILLION }],
  };
}

const perColumn = (id: number): Instr => load(id, SQUARE, "float32", { offset: 0, strides: [0, 1] });
const turned = { offset: 0, strides: [1, SIDE] };
/** The pixel to the left, 0 before the first. */
const shifted = {
  offset: -1,
  strides: [SIDE, 1],
  bounds: {
    ranges: [
      [0, SIDE],
      [1, SIDE],
    ],
    fill: 0,
  },
} as const;
const uint = (value: number): Instr => constant(value, "uint32");

const programs: readonly Row[] = [
  program("map-add", "x + y", [load(0, SQUARE), load(1, SQUARE), map("add", [0, 1])], [MILLION, MILLION]),
  program(
    "map-bias-relu",
    "max(x + b, 0), b per column",
    [load(0, SQUARE), perColumn(1), map("add", [0, 1]), constant(0), map("max", [2, 3])],
    [MILLION, SIDE],
  ),
  program("map-exp", "exp(x)", [load(0, SQUARE), map("exp", [0])], [MILLION]),
  program("map-tanh", "tanh(x)", [load(0, SQUARE), map("tanh", [0])], [MILLION]),
  program("map-erf", "erf(x)", [load(0, SQUARE), map("erf", [0])], [MILLION]),
  program("map-sin", "sin(x)", [load(0, SQUARE), map("sin", [0])], [MILLION]),
  program("map-transpose", "transposed copy", [load(0, SQUARE, "float32", turned)], [MILLION]),
  program("map-store-transposed", "copy to a transposed place", [load(0, SQUARE)], [MILLION], turned),
  program("map-shift", "copy with padding", [load(0, SQUARE, "float32", shifted)], [MILLION]),
  program(
    "map-random",
    "random bits, Philox",
    [uint(1), uint(0), uint(1), { op: "random", dtype: "uint32", map: dense(SQUARE), args: [0, 1, 2] }],
    [],
  ),
];

function reduction(name: string, kernel: Kernel, op: ReduceOp, shape: Shape, axis: number): Row {
  return {
    ...{ name, kernel, title: `${op} of ${shape.join("×")} along axis ${axis}` },
    form: {
      ...{ kind: "reduce", op, dtype: "float32", shape, axes: [axis] },
      ...{ prologue: [load(0, shape)], value: 0 },
      epilogue: { instrs: [{ op: "acc", dtype: "float32" }], stores: [{ output: 1, value: 0 }] },
    },
    inputs: [f32(sizeOf(shape))],
    outputs: [f32(sizeOf(shape) / shape[axis])],
  };
}

const LONG: Shape = [16384, 256];

const reductions: readonly Row[] = [
  reduction("reduce-rows", Kernel.ReduceRows, "sum", SQUARE, 1),
  reduction("reduce-rows-max", Kernel.ReduceRows, "max", SQUARE, 1),
  reduction("reduce-columns", Kernel.ReduceColumns, "sum", SQUARE, 0),
  {
    ...reduction("reduce-parts", Kernel.ReduceParts, "sum", LONG, 0),
    title: `adds ${MAX_PARTIALS} partial sums of ${LONG[1]}`,
    bytes: 4 * LONG[1] * (1 + MAX_PARTIALS),
  },
];

const lines = { outer: SIDE, length: SIDE, inner: 1, dtype: "float32" } as const;
const along = `${SIDE} lines of ${SIDE}`;
const square = f32(MILLION);
/** As an embedding of `length` words of 64 numbers looks up `count` of them. */
const embedding = {
  dtype: "float32",
  along: false,
  outer: 1,
  length: 5000,
  inner: 64,
  count: 10_000,
} as const;
const table = f32(embedding.length * embedding.inner);
const picked = f32(embedding.count * embedding.inner);
const indices = i32(embedding.count, embedding.length);
const lookup = `${embedding.count} of ${embedding.length} rows of ${embedding.inner}`;

const others: readonly Row[] = [
  {
    ...{ name: "softmax", kernel: Kernel.Softmax, title: "128 rows of 1000" },
    form: { kind: "softmax", log: false, rows: 128, length: 1000 },
    inputs: [f32(128_000)],
    outputs: [f32(128_000)],
  },
  {
    ...{ name: "arg-reduce", kernel: Kernel.ArgReduce, title: `argMax of ${along}` },
    form: { kind: "argReduce", op: "max", ...lines },
    inputs: [square],
    outputs: [{ dtype: "int32", size: SIDE }],
  },
  {
    ...{ name: "cumulative", kernel: Kernel.Cumulative, title: `sums of ${along}` },
    form: { kind: "cumulative", op: "sum", reverse: false, ...lines },
    inputs: [square],
    outputs: [square],
  },
  {
    ...{ name: "sort", kernel: Kernel.Sort, title: along },
    form: { kind: "sort", descending: false, ...lines },
    inputs: [square],
    outputs: [square, { dtype: "int32", size: MILLION }],
  },
  {
    ...{ name: "gather", kernel: Kernel.Gather, title: lookup },
    form: { kind: "gather", ...embedding },
    inputs: [table, indices],
    outputs: [picked],
    bytes: 8 * picked.size,
  },
  {
    ...{ name: "scatter-add", kernel: Kernel.Scatter, title: lookup },
    form: { kind: "scatterAdd", ...embedding },
    inputs: [table, indices, picked],
    outputs: [table],
  },
];

export const arrays: readonly Row[] = [...programs, ...reductions, ...others];
