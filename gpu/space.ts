/**
 * Iteration spaces: the axes that a program runs over, which WGSL variable carries each, and the merging of axes
 * that every index map walks through as one (most elementwise programs become one axis, with no division at all).
 */
import type { Shape } from "../src/base/shape.ts";
import { rowMajor } from "../src/base/shape.ts";
import type { Affine, Instr, Store, View } from "../src/kernel/types.ts";

/**
 * Axis d runs with its neighbours of the same name in the u32 variable `variables[d]`, row-major:
 * ("i", "i") is one linear index, ("row", "column") are two.
 */
export class Space {
  constructor(
    readonly shape: Shape,
    readonly variables: readonly string[],
  ) {}

  /** The coordinate of axis d. */
  coordinate(d: number): string {
    const { shape, variables } = this;
    const name = variables[d];
    let step = 1;
    let outermost = true;
    for (let e = 0; e < shape.length; e++) {
      if (variables[e] !== name) continue;
      if (e > d) step *= shape[e];
      if (e < d && shape[e] > 1) outermost = false;
    }
    const shifted = step === 1 ? name : `(${name} / ${step}u)`;
    return outermost ? shifted : `(${shifted} % ${shape[d]}u)`;
  }

  /** The u32 element that `map` names at the current point. */
  element(map: Affine): string {
    const terms: string[] = [];
    for (let d = 0; d < this.shape.length; d++) {
      const stride = map.strides[d];
      if (stride === 0 || this.shape[d] === 1) continue;
      const size = Math.abs(stride);
      terms.push(`${stride < 0 ? "- " : "+ "}${this.coordinate(d)}${size === 1 ? "" : ` * ${size}u`}`);
    }
    // Unsigned arithmetic wraps, so the order of terms does not matter.
    if (map.offset !== 0 || terms.length === 0 || terms[0].startsWith("-")) {
      terms.unshift(`${map.offset < 0 ? "0u - " : ""}${Math.abs(map.offset)}u`);
    }
    return terms.join(" ").replace(/^\+ /, "");
  }
}

/** A program with the space it runs over; every store has a map. */
export interface Body {
  readonly space: Space;
  readonly instrs: readonly Instr[];
  readonly stores: readonly (Store & { readonly map: Affine })[];
}

/** Merges the axes of a program as far as its views, maps and variables allow, and drops axes of one element. */
export function collapse(
  shape: Shape,
  variables: readonly string[],
  instrs: readonly Instr[],
  stores: readonly Store[],
): Body {
  const dense: Affine = { offset: 0, strides: rowMajor(shape) };
  const mapped = stores.map((store) => ({ ...store, map: store.map ?? dense }));
  const views: View[] = mapped.map((store) => store.map);
  for (const instr of instrs) {
    if (instr.op === "load") views.push(instr.view);
    if (instr.op === "index" || instr.op === "random") views.push(instr.map);
  }
  const kept = keptAxes(shape, variables, views);
  const dims = kept.map(({ dim }) => dim);
  const affine = (map: Affine): Affine => ({
    offset: map.offset,
    strides: kept.map(({ last }) => map.strides[last]),
  });
  const view = (v: View): View => {
    if (!v.bounds) return affine(v);
    const { ranges, fill } = v.bounds;
    const merged = kept.map(({ last, dim }): readonly [number, number] =>
      isFull(ranges[last], shape[last]) ? [0, dim] : ranges[last],
    );
    return { ...affine(v), bounds: { ranges: merged, fill } };
  };
  return {
    space: new Space(
      dims,
      kept.map(({ last }) => variables[last]),
    ),
    instrs: instrs.map((instr) => {
      if (instr.op === "load") {
        const { bounds } = instr.view;
        return bounds?.ranges.some((range, d) => isEmpty(range, shape[d]))
          ? { op: "const", dtype: instr.dtype, value: bounds.fill }
          : { ...instr, view: view(instr.view) };
      }
      return instr.op === "index" || instr.op === "random" ? { ...instr, map: affine(instr.map) } : instr;
    }),
    stores: mapped.map((store) => ({ ...store, map: affine(store.map) })),
  };
}

/** The merged axes: their sizes, and the last original axis of each (its strides are the merged ones). */
function keptAxes(shape: Shape, variables: readonly string[], views: readonly View[]) {
  const kept: { dim: number; last: number }[] = [];
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === 1) continue;
    const outer = kept.at(-1);
    const merges =
      outer !== undefined &&
      variables[outer.last] === variables[d] &&
      views.every(
        ({ strides, bounds }) =>
          strides[outer.last] === strides[d] * shape[d] &&
          (!bounds || [outer.last, d].every((e) => isFull(bounds.ranges[e], shape[e]))),
      );
    if (merges) {
      outer.dim *= shape[d];
      outer.last = d;
    } else {
      kept.push({ dim: shape[d], last: d });
    }
  }
  return kept;
}

type Range = readonly [low: number, high: number];
export const isFull = ([low, high]: Range, dim: number): boolean => low <= 0 && high >= dim;
const isEmpty = ([low, high]: Range, dim: number): boolean => Math.max(low, 0) >= Math.min(high, dim);
