/**
 * How far a result may lie from the expected one. Every comparison of the op suite is decided here.
 * Bounds follow the float32 arithmetic that WGSL promises (Accuracy of builtin functions) and sums in any order.
 */
import type { DType } from "../../src/base/dtype.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";

/** |got − expected| ≤ relative · |expected| + absolute · (largest |expected|). */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** The distance of float32 numbers at 1. */
export const ULP = 2 ** -23;
/** The largest float32, and what still rounds to it. */
const LARGEST = 2 ** 128 - 2 ** 103;
/** Results below this may be flushed to zero. */
export const SMALLEST_NORMAL = 2 ** -126;

const EXACT: Tolerance = { relative: 0, absolute: 0 };

/** Ops that compute their result from one element of each input, with their relative error in ulps. */
const POINTWISE: Record<string, number> = {
  neg: 0,
  abs: 0,
  floor: 0,
  ceil: 0,
  round: 0,
  sign: 0,
  maximum: 0,
  minimum: 0,
  where: 0,
  relu: 0,
  relu6: 0,
  add: 1,
  sub: 1,
  mul: 1,
  div: 3,
  sqrt: 4,
  rsqrt: 4,
  exp: 8,
  pow: 32,
};

/** Ops that move elements and compute nothing. */
const MOVES = new Set([
  "reshape",
  "permute",
  "transpose",
  "broadcastTo",
  "pad",
  "slice",
  "flip",
  "concat",
  "stack",
  "gather",
  "take",
  "takeAlong",
  "scatter",
  "sort",
  "max",
  "min",
  "maxPool2d",
]);

/**
 * The bound for `op` (`exp`, `exp.grad` for its gradients, `exp.second` for theirs) on inputs and output of these
 * shapes. Where terms are added, the error grows with the root of their number and is relative to the largest result.
 * A second derivative adds products of several first ones, which may cancel.
 */
export function tolerance(op: string, dtype: DType, shapes: readonly Shape[]): Tolerance {
  if (dtype !== "float32" || MOVES.has(op)) return EXACT;
  if (op in POINTWISE) return { relative: POINTWISE[op] * ULP, absolute: 0 };
  const terms = Math.max(1, ...shapes.map(sizeOf));
  // So is a layer: many ops, one after the other.
  if (op.endsWith(".second") || op.startsWith("nn."))
    return { relative: 32 * ULP, absolute: 16 * ULP * Math.sqrt(terms) };
  return { relative: 8 * ULP, absolute: 2 * ULP * Math.sqrt(terms) };
}

/** The bound for PyTorch fixtures: 8 times PyTorch's own float32 error, and 4 ulp of the largest output. */
export function fixtureTolerance(ownError: number, largest: number): Tolerance {
  return { relative: 0, absolute: largest === 0 ? 0 : (8 * ownError) / largest + 4 * ULP };
}

/** A message about the worst error of `got`, or undefined. NaN must meet NaN, infinities their like. */
export function difference(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative, absolute }: Tolerance,
): string | undefined {
  if (got.length !== expected.length) return `${got.length} elements for ${expected.length}`;
  // Where all should cancel, what cancels was larger.
  const scale = Math.max(largestOf(expected), 0.1);
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < got.length; i++) {
    const [a, b] = [held(got[i]), held(expected[i])];
    if (Object.is(a, b) || a === b) continue;
    const error = Math.abs(a - b);
    const bound = relative * Math.abs(b) + absolute * scale + SMALLEST_NORMAL;
    const over = Number.isFinite(error) ? error / bound : Infinity;
    if (over > 1 && over > excess) [worst, excess] = [i, over];
  }
  if (worst < 0) return undefined;
  return `element ${worst}: ${got[worst]} for ${expected[worst]}, ${excess.toPrecision(3)} times the tolerance`;
}

/** A float64 result as far as float32 reaches. */
const held = (v: number): number => (Math.abs(v) > LARGEST ? Math.sign(v) * Infinity : v);

/** The largest finite magnitude. */
export function largestOf(values: ArrayLike<number>): number {
  return Array.from(values, Math.abs).reduce((most, v) => (v > most && v <= LARGEST ? v : most), 0);
}
