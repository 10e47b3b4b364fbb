/**
 * Views: how an index of a shape finds its element in dense memory. Movement ops become arithmetic on views;
 * where they cannot (a reshape across a permuted or padded axis) the value has to be made dense first.
 */
import { rowMajor, type Shape, sameShape, sizeOf } from "./shape.ts";

/** An affine map from an iteration index to an element: `offset + Σ index[d] · strides[d]`. */
export interface Affine {
  readonly offset: number;
  readonly strides: readonly number[];
}

/** How an input is read over an iteration space; outside `bounds` it reads as `fill` (padding). */
export interface View extends Affine {
  readonly bounds?: {
    /** Per iteration axis the half-open range [low, high) in which the element exists. */
    readonly ranges: readonly (readonly [low: number, high: number])[];
    readonly fill: number;
  };
}

/** A view with the shape that it is indexed by. */
export interface ShapedView extends View {
  readonly shape: Shape;
}

export const dense = (shape: Shape): ShapedView => ({ shape, offset: 0, strides: rowMajor(shape) });

/** True when the view reads element i at flat index i. */
export function isDense({ shape, offset, strides, bounds }: ShapedView): boolean {
  if (bounds || offset !== 0) return false;
  const expected = rowMajor(shape);
  return sizeOf(shape) === 0 || shape.every((d, i) => d === 1 || strides[i] === expected[i]);
}

type Range = readonly [low: number, high: number];

const fullRange = (size: number): Range => [0, size];

function withRanges(
  view: ShapedView,
  shape: Shape,
  affine: Affine,
  ranges: (full: readonly Range[]) => Range[],
): ShapedView {
  const { bounds } = view;
  return {
    shape,
    ...affine,
    ...(bounds && { bounds: { ranges: ranges(bounds.ranges), fill: bounds.fill } }),
  };
}

export function permuteView(view: ShapedView, axes: readonly number[]): ShapedView {
  const shape = axes.map((a) => view.shape[a]);
  const affine = { offset: view.offset, strides: axes.map((a) => view.strides[a]) };
  return withRanges(view, shape, affine, (r) => axes.map((a) => r[a]));
}

export function broadcastView(view: ShapedView, shape: Shape): ShapedView {
  const lead = shape.length - view.shape.length;
  const repeats = (d: number): boolean => d < lead || (view.shape[d - lead] === 1 && shape[d] !== 1);
  const strides = shape.map((_, d) => (repeats(d) ? 0 : view.strides[d - lead]));
  return withRanges(view, shape, { offset: view.offset, strides }, (r) =>
    shape.map((size, d): Range => {
      if (!repeats(d)) return r[d - lead];
      const hidden = d >= lead && r[d - lead][0] >= r[d - lead][1];
      return hidden ? [0, 0] : fullRange(size);
    }),
  );
}

export function sliceView(
  view: ShapedView,
  start: readonly number[],
  step: readonly number[],
  shape: Shape,
): ShapedView {
  const offset = view.strides.reduce((sum, s, d) => sum + s * start[d], view.offset);
  const strides = view.strides.map((s, d) => s * step[d]);
  return withRanges(view, shape, { offset, strides }, (r) =>
    r.map(([low, high], d): Range => {
      const clip = (edge: number): number =>
        Math.min(shape[d], Math.max(0, Math.ceil((edge - start[d]) / step[d])));
      return [clip(low), clip(high)];
    }),
  );
}

export function flipView(view: ShapedView, axes: readonly number[]): ShapedView {
  const { shape } = view;
  const offset = axes.reduce((sum, a) => sum + view.strides[a] * Math.max(0, shape[a] - 1), view.offset);
  const strides = view.strides.map((s, d) => (axes.includes(d) ? -s : s));
  return withRanges(view, shape, { offset, strides }, (r) =>
    r.map(([low, high], d): Range => (axes.includes(d) ? [shape[d] - high, shape[d] - low] : [low, high])),
  );
}

/** Undefined when the view already pads with another value. */
export function padView(
  view: ShapedView,
  low: readonly number[],
  shape: Shape,
  fill: number,
): ShapedView | undefined {
  if (view.bounds && !Object.is(view.bounds.fill, fill)) return undefined;
  const offset = view.strides.reduce((sum, s, d) => sum - s * low[d], view.offset);
  const before = view.bounds?.ranges ?? view.shape.map(fullRange);
  const ranges = before.map(([l, h], d): Range => [l + low[d], h + low[d]]);
  return { shape, offset, strides: view.strides, bounds: { ranges, fill } };
}

/** Undefined when axes that are not adjacent in memory, or that are padded, would have to merge. */
export function reshapeView(view: ShapedView, shape: Shape): ShapedView | undefined {
  if (sameShape(view.shape, shape)) return view;
  if (sizeOf(shape) === 0)
    return { ...dense(shape), ...(view.bounds && { bounds: { ranges: shape.map(fullRange), fill: 0 } }) };
  const strides: number[] = [];
  const ranges: Range[] = [];
  let from = 0;
  let to = 0;
  while (from < view.shape.length || to < shape.length) {
    // The shortest runs of axes with equal products.
    const [fromStart, toStart] = [from, to];
    let have = view.shape[from++] ?? 1;
    let want = shape[to++] ?? 1;
    while (have !== want) {
      if (have < want) have *= view.shape[from++];
      else want *= shape[to++];
    }
    if (!mergeRun(view, fromStart, from, shape.slice(toStart, to), strides, ranges)) return undefined;
  }
  return {
    shape,
    offset: view.offset,
    strides,
    ...(view.bounds && { bounds: { ranges, fill: view.bounds.fill } }),
  };
}

/** Appends the strides and ranges of `target` axes that replace axes [from, to) of the view. */
function mergeRun(
  view: ShapedView,
  from: number,
  to: number,
  target: Shape,
  strides: number[],
  ranges: Range[],
): boolean {
  const axes: number[] = [];
  let hidden = false;
  let padded: Range | undefined;
  for (let d = from; d < Math.min(to, view.shape.length); d++) {
    const range = view.bounds?.ranges[d] ?? fullRange(view.shape[d]);
    if (view.shape[d] === 1) hidden ||= range[0] >= range[1];
    else axes.push(d);
  }
  if (hidden) return false;
  const wide = target.filter((d) => d !== 1);
  if (view.bounds) {
    const partial = axes.filter(
      (d) => view.bounds!.ranges[d][0] > 0 || view.bounds!.ranges[d][1] < view.shape[d],
    );
    if (partial.length > 0) {
      if (axes.length !== 1 || wide.length !== 1) return false;
      padded = view.bounds.ranges[axes[0]];
    }
  }
  for (let i = 0; i + 1 < axes.length; i++) {
    if (view.strides[axes[i]] !== view.strides[axes[i + 1]] * view.shape[axes[i + 1]]) return false;
  }
  let step = axes.length > 0 ? view.strides[axes[axes.length - 1]] : 0;
  const innermostFirst: number[] = [];
  for (let i = target.length - 1; i >= 0; i--) {
    innermostFirst.push(target[i] === 1 ? 0 : step);
    step *= target[i];
  }
  strides.push(...innermostFirst.reverse());
  ranges.push(...target.map((d): Range => (d !== 1 && padded ? padded : fullRange(d))));
  return true;
}
