/** Affine accesses as the tile interpreter walks them: as few axes as possible, innermost runs as long as possible. */
import type { Shape } from "../../base/shape.ts";
import type { Affine, View } from "../../kernel/types.ts";

/** An axis of an access: elements exist for indices in [low, high). */
interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly low: number;
  readonly high: number;
}

const isPadded = ({ size, low, high }: Axis): boolean => low > 0 || high < size;

/** The axes of a view over `shape`, without those of size 1, neighbours merged where one stride serves both. */
export function collapse(shape: Shape, view: View | Affine): Axis[] {
  const ranges = "bounds" in view ? view.bounds?.ranges : undefined;
  const axes: Axis[] = [];
  shape.forEach((size, d) => {
    const [low, high] = ranges?.[d] ?? [0, size];
    const axis = { size, stride: view.strides[d] ?? 0, low: Math.max(0, low), high: Math.min(size, high) };
    if (size === 1 && !isPadded(axis)) return;
    const outer = axes.at(-1);
    if (outer && !isPadded(outer) && !isPadded(axis) && outer.stride === axis.stride * size) {
      const merged = outer.size * size;
      axes[axes.length - 1] = { size: merged, stride: axis.stride, low: 0, high: merged };
    } else axes.push(axis);
  });
  return axes;
}

/** One element for the whole space. */
export const isUniform = (axes: readonly Axis[]): boolean =>
  axes.every((axis) => axis.stride === 0 && !isPadded(axis));

/** Element i of memory at flat index i (counted from the offset). */
export const isContiguous = (axes: readonly Axis[]): boolean =>
  axes.length === 0 || (axes.length === 1 && axes[0].stride === 1 && !isPadded(axes[0]));

/** The elements that repeat, in the order of memory; 0 where that is not what the axes say. */
export function periodOf(axes: readonly Axis[]): number {
  const [outer, inner] = axes;
  const repeats = axes.length === 2 && outer.stride === 0 && inner.stride === 1 && !axes.some(isPadded);
  return repeats ? inner.size : 0;
}

/** Words of the descriptor that `assembly/access.ts` reads. */
export function describe(axes: readonly Axis[], fill: number): number[] {
  const all = axes.length > 0 ? axes : [{ size: 1, stride: 0, low: 0, high: 1 }];
  const words = [all.length, Number(all.some(isPadded)), fill];
  for (const { size, stride, low, high } of all) words.push(size, stride, low, high);
  return words;
}
