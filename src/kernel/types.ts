/**
 * What a backend compiles: kernels over dense values, with fused scalar arithmetic as straight-line programs.
 *
 * A value is a dense row-major array of 4-byte elements. A kernel names its values by index into the segment's
 * value table; an index that is both input and output is updated in place: an identity view reads it, and a dense
 * store writes it. A backend may rely on every rule that stands here; `verify/` checks them.
 */
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { Affine, View } from "../base/view.ts";
import type { ElementwiseName } from "../ops/elementwise/names.ts";
import type { Window2d } from "../ops/window.ts";

export type { Affine, View, Window2d };

/** Index into {@link Segment.values}. */
export type ValueId = number;

/** One step of a scalar program in SSA form: `args` name earlier steps. */
export type Instr = { readonly dtype: DType } & (
  | { readonly op: "load"; readonly input: ValueId; readonly view: View }
  /** A number that may differ per call: `scalars[slot]`. */
  | { readonly op: "scalar"; readonly slot: number }
  /** A number known when compiling: only 0, 1, −1 or one that the graph itself brings (a pad fill). */
  | { readonly op: "const"; readonly value: number }
  /** The affine map of the iteration index itself, as an int32 (iota). */
  | { readonly op: "index"; readonly map: Affine }
  /** 32 random bits of element `map(index)`; args: key0, key1, counter (uint32 scalars). */
  | { readonly op: "random"; readonly map: Affine; readonly args: readonly number[] }
  /** The result of the reduction or contraction whose epilogue this is. */
  | { readonly op: "acc" }
  /** A row of the elementwise table; `cost` is what it says of these operands. */
  | {
      readonly op: "map";
      readonly name: ElementwiseName;
      readonly cost: number;
      readonly args: readonly number[];
    }
);

/**
 * Writes step `value` to `output`, densely over the iteration space or through `map` (concat, slices), which leads no two
 * indices to one element. An output has one store.
 */
export interface Store {
  readonly output: ValueId;
  readonly value: number;
  readonly map?: Affine;
}

/** A scalar program that runs at every point of an iteration space. */
export interface Program {
  readonly instrs: readonly Instr[];
  readonly stores: readonly Store[];
}

interface KernelBase {
  /** The ops inside, for `explain()` and profiles: `conv2d+add+relu`. */
  readonly label: string;
  /** The operands of the kind, in order, then each other value that the programs load. */
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly flops: number;
  readonly bytes: number;
}

/** An elementwise DAG over `shape`. */
export interface MapKernel extends KernelBase {
  readonly kind: "map";
  readonly shape: Shape;
  readonly program: Program;
}

export type ReduceOp = "sum" | "max" | "min" | "prod";

/**
 * Reduces `axes` of `shape`. The prologue runs over `shape`, its instruction `value` is what is reduced;
 * the epilogue (with `acc`) runs over the kept axes, in order, and stores.
 */
export interface ReduceKernel extends KernelBase {
  readonly kind: "reduce";
  readonly op: ReduceOp;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Sorted. */
  readonly axes: readonly number[];
  readonly prologue: readonly Instr[];
  readonly value: number;
  readonly epilogue: Program;
}

/** One matmul operand: element (row, col) of batch b lies at `offset + Σ b·batchStrides + row·rowStride + col`. */
export interface Operand {
  readonly input: ValueId;
  readonly offset: number;
  readonly rowStride: number;
  /** Stored as [k, m] (left) or [n, k] (right). */
  readonly transposed: boolean;
  /** One per batch axis; 0 broadcasts. */
  readonly batchStrides: readonly number[];
}

/** C[b, i, j] = Σ_k A[b, i, k] · B[b, k, j]; the epilogue runs over [...batch, m, n]. float32 (or int32 in slow form). */
export interface MatmulKernel extends KernelBase {
  readonly kind: "matmul";
  readonly dtype: DType;
  readonly batch: Shape;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Operand;
  readonly b: Operand;
  readonly epilogue: Program;
}

/**
 * The closed convolution triple, all dense float32. Inputs, then the output that the epilogue runs over:
 * conv (x, kernel) → y · convInputGrad (dy, kernel) → dx · convWeightGrad (x, dy) → dkernel.
 * Depthwise is groups = inChannels.
 */
export interface ConvKernel extends KernelBase {
  readonly kind: "conv" | "convInputGrad" | "convWeightGrad";
  readonly window: Window2d;
  readonly epilogue: Program;
}

/**
 * pool (x) → y: the largest element or the sum of each window, padding never counts.
 * poolGrad (x, dy) → dx: dy goes to the first largest element in row-major order (`max`) or to all (`sum`; inputs: dy alone).
 * poolTake (x, g) → y: picks from g, shaped like x, the element where x's window has its first largest one (`max` only).
 * A NaN in a window wins; among several the first.
 */
export interface PoolKernel extends KernelBase {
  readonly kind: "pool" | "poolGrad" | "poolTake";
  readonly op: "max" | "sum";
  /** groups = inChannels = outChannels. */
  readonly window: Window2d;
  readonly epilogue: Program;
}

/** Index of the largest or smallest along the middle of [outer, length, inner]; the first wins, NaN counts as largest / smallest. → int32 */
export interface ArgReduceKernel extends KernelBase {
  readonly kind: "argReduce";
  readonly op: "max" | "min";
  readonly dtype: DType;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Running sum or product along the middle of [outer, length, inner]. */
export interface CumulativeKernel extends KernelBase {
  readonly kind: "cumulative";
  readonly op: "sum" | "prod";
  readonly dtype: DType;
  readonly reverse: boolean;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** Stable sort along the middle of [outer, length, inner] → outputs (values, int32 indices); NaN last (ascending) or first. */
export interface SortKernel extends KernelBase {
  readonly kind: "sort";
  readonly descending: boolean;
  readonly dtype: DType;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/**
 * x is [outer, length, inner], indices are int32. An index outside [0, length) is clamped and sets the device's sticky error.
 * `along: false` — indices [count], gather: out[o, i, n] = x[o, indices[i], n].
 * `along: true` — indices [outer, count, inner], gather: out[o, i, n] = x[o, indices[o, i, n], n].
 * gather (x, indices) → [outer, count, inner]; scatter and scatterAdd (x, indices, updates [outer, count, inner]) → like x,
 * with updates set (the last wins) or added in index order.
 */
export interface GatherKernel extends KernelBase {
  readonly kind: "gather" | "scatter" | "scatterAdd";
  readonly dtype: DType;
  readonly along: boolean;
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
  readonly count: number;
}

/** softmax or logSoftmax over the last axis of [rows, length], claimed whole by a backend. */
export interface SoftmaxKernel extends KernelBase {
  readonly kind: "softmax";
  readonly log: boolean;
  readonly rows: number;
  readonly length: number;
}

export type Kernel =
  | MapKernel
  | ReduceKernel
  | MatmulKernel
  | ConvKernel
  | PoolKernel
  | ArgReduceKernel
  | CumulativeKernel
  | SortKernel
  | GatherKernel
  | SoftmaxKernel;

export interface ValueSpec {
  readonly dtype: DType;
  /** Elements. */
  readonly size: number;
  /** Whether it changes seldom from one execution to the next. */
  readonly isConstant?: boolean;
}

/** Kernels in execution order over one value table: what a backend compiles. */
export interface Segment {
  readonly kernels: readonly Kernel[];
  readonly values: readonly ValueSpec[];
  /** dtypes of the per-call scalars, by slot. */
  readonly scalars: readonly DType[];
}
