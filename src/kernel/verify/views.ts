/** Which elements of a value a view reaches. */
import { type Shape, sizeOf } from "../../base/shape.ts";
import { isDense } from "../../base/view.ts";
import type { Affine, View } from "../types.ts";
import type { Place } from "./place.ts";

/** First and last element. */
type Extent = readonly [first: number, last: number];

/** What the view reaches over `shape`, or undefined if it reaches nothing. */
function extentOf(shape: Shape, view: View): Extent | undefined {
  let first = view.offset;
  let last = view.offset;
  for (const [axis, size] of shape.entries()) {
    const [low, high] = view.bounds?.ranges[axis] ?? [0, size];
    const [from, to] = [Math.max(0, low), Math.min(size, high) - 1];
    if (to < from) return undefined;
    const stride = view.strides[axis];
    first += Math.min(stride * from, stride * to);
    last += Math.max(stride * from, stride * to);
  }
  return [first, last];
}

/** A map has an integer offset and an integer stride per axis. */
export function verifyAffine(place: Place, shape: Shape, { offset, strides }: Affine): void {
  place.expect(
    strides.length === shape.length && [offset, ...strides].every(Number.isSafeInteger),
    () => `a view of shape [${shape}] needs as many strides: got offset ${offset}, strides [${strides}]`,
  );
}

/** A view reaches only elements that a value of `size` has. */
export function verifyView(place: Place, shape: Shape, view: View, size: number): void {
  verifyAffine(place, shape, view);
  const { bounds } = view;
  place.expect(
    !bounds || bounds.ranges.length === shape.length,
    () => `bounds of shape [${shape}] need as many ranges: got ${bounds?.ranges.length}`,
  );
  const extent = extentOf(shape, view);
  place.expect(
    extent === undefined || (extent[0] >= 0 && extent[1] < size),
    () => `a view reaches elements ${extent?.join(" to ")} of ${size}`,
  );
}

/** Whether element i is reached at flat index i, and at no other. */
export const isIdentity = (shape: Shape, view: View): boolean => isDense({ shape, ...view });

/** Whether no two indices reach the same element: each stride is longer than all shorter ones reach together. */
export function isInjective(shape: Shape, { strides }: Affine): boolean {
  const axes = shape
    .map((size, axis) => ({ size, stride: Math.abs(strides[axis]) }))
    .filter(({ size }) => size > 1)
    .sort((a, b) => a.stride - b.stride);
  let reach = 0;
  return (
    sizeOf(shape) === 0 ||
    axes.every(({ size, stride }) => {
      const isClear = stride > reach;
      reach += stride * (size - 1);
      return isClear;
    })
  );
}
