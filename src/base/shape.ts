/** Shapes, strides, axes and NumPy broadcasting. A shape is an immutable list of non-negative integers. */
import { fail } from "./errors.ts";
import { show } from "./show.ts";

/** Lengths of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

export const sizeOf = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);
export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/** Row-major strides in elements. */
export function rowMajor(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    strides[d] = step;
    step *= shape[d];
  }
  return strides;
}

export function checkShape(where: string, shape: Shape): Shape {
  const isRight = Array.isArray(shape) && shape.every((d) => Number.isInteger(d) && d >= 0);
  return isRight ? shape : fail(where, `a shape holds non-negative integers: got ${show(shape)}`);
}

/** `axis` counted from the front; negative axes count from the back. */
export function normalizeAxis(where: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    fail(where, `axis must be an integer in [${-rank}, ${rank - 1}] for rank ${rank}: got ${axis}`);
  }
  return axis < 0 ? axis + rank : axis;
}

/** Sorted, distinct axes; all of them when `axes` is undefined. */
export function normalizeAxes(
  where: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, d) => d);
  const list = (typeof axes === "number" ? [axes] : axes).map((a) => normalizeAxis(where, a, rank));
  if (new Set(list).size !== list.length) fail(where, `axes must be distinct: got ${showShape(list)}`);
  return list.sort((a, b) => a - b);
}

/** The common shape of NumPy broadcasting, aligned at the last axis. */
export function broadcastShapes(where: string, ...shapes: Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let d = 0; d < shape.length; d++) {
      const at = rank - shape.length + d;
      if (shape[d] === 1) continue;
      if (result[at] !== 1 && result[at] !== shape[d]) {
        fail(where, `shapes do not broadcast: got ${shapes.map(showShape).join(" and ")}`);
      }
      result[at] = shape[d];
    }
  }
  return result;
}

/** `shape` without `axes`, or with ones in their place. */
export function reduceShape(shape: Shape, axes: readonly number[], keepDims = false): Shape {
  return keepDims
    ? shape.map((d, i) => (axes.includes(i) ? 1 : d))
    : shape.filter((_, i) => !axes.includes(i));
}
