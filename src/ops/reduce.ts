/** Reductions, running sums and products, arg-reductions and sorting. */
import { fail } from "../base/errors.ts";
import { reduceShape, showShape } from "../base/shape.ts";
import type { Core, Node, OpDef } from "../graph/node.ts";
import { eq, ge, le } from "./elementwise/comparison.ts";

export type ReduceName = "sum" | "max" | "min" | "prod";

interface ReduceAttrs {
  readonly op: ReduceName;
  readonly axes: readonly number[];
}

/** Reduces `axes` (sorted, from the front) away. max and min: NaN wins, ties share the gradient evenly. */
export const reduce: OpDef<ReduceAttrs> = {
  name: "reduce",
  kind: "reduce",
  infer([x], { op, axes }) {
    if (x.dtype === "bool") fail(op, "expects numbers: got bool; cast it first");
    if ((op === "max" || op === "min") && axes.some((a) => x.shape[a] === 0)) {
      fail(op, `has no value over an empty axis: got ${showShape(x.shape)}`);
    }
    return { shape: reduceShape(x.shape, axes), dtype: x.dtype };
  },
  vjp(c, node, dy) {
    const { op, axes } = node.attrs;
    const [x] = node.inputs;
    const spread = (v: Node): Node => c.broadcast(c.reshape(v, reduceShape(x.shape, axes, true)), x.shape);
    if (op === "sum") return [spread(dy)];
    if (op === "prod") return [c.mul(spread(dy), productOfOthers(c, x, axes))];
    const hit = c.cast(c.binary(eq, x, spread(node)), "float32");
    return [c.mul(hit, spread(c.div(dy, c.sum(hit, axes))))];
  },
  flops: (node) => node.inputs[0].shape.reduce((n, d) => n * d, 1),
  label: ({ op }) => op,
  takesEpilogue: true,
};

/** For each element the product of all others along `axes`, without dividing: zeros stay exact. */
function productOfOthers(c: Core, x: Node, axes: readonly number[]): Node {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const order = [...kept, ...axes];
  const moved = c.permute(x, order);
  const length = axes.reduce((n, a) => n * x.shape[a], 1);
  const flat = c.reshape(moved, [moved.shape.slice(0, kept.length).reduce((n, d) => n * d, 1), length]);
  if (length === 0) return x;
  const before = c.cumulative("prod", shift(c, flat, 1), 1);
  const after = c.cumulative("prod", shift(c, flat, -1), 1, true);
  const back = new Array<number>(order.length);
  order.forEach((a, i) => {
    back[a] = i;
  });
  return c.permute(c.reshape(c.mul(before, after), moved.shape), back);
}

/** The rows moved by one place, a 1 let in: [1, a, b] for [a, b, c] (by 1) or [b, c, 1] (by −1). */
function shift(c: Core, x: Node, by: 1 | -1): Node {
  const [rows, n] = x.shape;
  const start = by === 1 ? 0 : 1;
  const part = c.slice(x, [0, start], [rows, start + n - 1]);
  return c.pad(part, [0, by === 1 ? 1 : 0], [0, by === 1 ? 0 : 1], { value: 1 });
}

interface CumulativeAttrs {
  readonly op: "sum" | "prod";
  readonly axis: number;
  readonly reverse: boolean;
}

/** Running sum or product along `axis`, from the end when `reverse`. */
export const cumulative: OpDef<CumulativeAttrs> = {
  name: "cumulative",
  kind: "heavy",
  infer([x], { op }) {
    if (x.dtype === "bool") fail(`cum${op}`, "expects numbers: got bool; cast it first");
    return x;
  },
  vjp(c, { inputs: [x], attrs: { op, axis, reverse } }, dy) {
    return op === "sum"
      ? [c.cumulative("sum", dy, axis, !reverse)]
      : [cumulativeProductGrad(c, x, dy, axis, reverse)];
  },
  label: ({ op }) => `${op}Cumulative`,
};

/**
 * dx[i] = Σ_j dy[j] · Π_{k ≤ j, k ≠ i} x[k] over j ≥ i: exact where x has zeros, at the price of the axis length squared.
 */
function cumulativeProductGrad(c: Core, x: Node, dy: Node, axis: number, reverse: boolean): Node {
  const n = x.shape[axis];
  // [..., i, j, ...]: a copy of the axis for each i, with element i replaced by 1.
  const wide = [...x.shape.slice(0, axis), n, n, ...x.shape.slice(axis + 1)];
  const asColumns = [...x.shape.slice(0, axis), 1, n, ...x.shape.slice(axis + 1)];
  const i = c.iota(wide, axis);
  const j = c.iota(wide, axis + 1);
  const spread = (v: Node): Node => c.broadcast(c.reshape(v, asColumns), wide);
  const others = c.cumulative("prod", c.where(c.binary(eq, i, j), 1, spread(x)), axis + 1, reverse);
  const reached = c.binary(reverse ? le : ge, j, i);
  return c.sum(c.where(reached, c.mul(spread(dy), others), 0), [axis + 1]);
}

interface ArgReduceAttrs {
  readonly op: "max" | "min";
  readonly axis: number;
}

/** Index of the largest or smallest element along `axis`, int32; the first of equals, NaN before all. */
export const argReduce: OpDef<ArgReduceAttrs> = {
  name: "argReduce",
  kind: "heavy",
  infer([x], { op, axis }) {
    if (x.shape[axis] === 0) fail(`arg${op}`, `has no value over an empty axis: got ${showShape(x.shape)}`);
    return { shape: reduceShape(x.shape, [axis]), dtype: "int32" };
  },
  label: ({ op }) => `${op}ArgReduce`,
};

interface ArgSortAttrs {
  readonly axis: number;
  readonly descending: boolean;
}

/** Indices that sort `axis`, int32; stable, NaN last when ascending. */
export const argSort: OpDef<ArgSortAttrs> = {
  name: "argSort",
  kind: "heavy",
  infer: ([x]) => ({ shape: x.shape, dtype: "int32" }),
};
