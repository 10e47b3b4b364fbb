/**
 * Gather and scatter along one axis by int32 indices. An index out of range that the host did not see is clamped on
 * the device, which then rejects the next read.
 */
import { fail } from "../base/errors.ts";
import { type Shape, sameShape, showShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node, OpDef, Spec } from "../graph/node.ts";
import { eq } from "./elementwise/comparison.ts";

export interface GatherAttrs {
  readonly axis: number;
  /** False: indices of any shape replace the axis (take). True: indices are shaped like the output (take along axis). */
  readonly along: boolean;
}

function updatesShape(name: string, x: Spec, indices: Spec, { axis, along }: GatherAttrs): Shape {
  if (indices.dtype !== "int32") fail(name, `indices must be int32: got ${indices.dtype}`);
  if (!along) return [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  const fits =
    indices.shape.length === x.shape.length && indices.shape.every((d, i) => i === axis || d === x.shape[i]);
  if (!fits) {
    fail(
      name,
      `indices ${showShape(indices.shape)} must have the shape of x ${showShape(x.shape)} but for axis ${axis}`,
    );
  }
  return indices.shape;
}

export const gather: OpDef<GatherAttrs> = {
  name: "gather",
  kind: "heavy",
  infer: ([x, indices], attrs) => ({ shape: updatesShape("gather", x, indices, attrs), dtype: x.dtype }),
  vjp: (c, { inputs: [x, indices], attrs }, dy) => [
    make(scatterAdd, [c.full(0, x.shape), indices, dy], attrs),
  ],
};

function inferScatter(name: string, [x, indices, updates]: readonly Spec[], attrs: GatherAttrs): Spec {
  const expected = updatesShape(name, x, indices, attrs);
  if (!sameShape(expected, updates.shape)) {
    fail(name, `updates must be ${showShape(expected)}: got ${showShape(updates.shape)}`);
  }
  if (x.dtype !== updates.dtype) fail(name, `updates must be ${x.dtype}: got ${updates.dtype}`);
  return x;
}

/** x with updates set at the indices; the last of equal indices wins. */
export const scatter: OpDef<GatherAttrs> = {
  name: "scatter",
  kind: "heavy",
  infer: (inputs, attrs) => inferScatter("scatter", inputs, attrs),
  vjp(c, { inputs: [x, indices, updates], attrs }, dy) {
    const overwritten = make(scatter, [dy, indices, c.full(0, updates.shape)], attrs);
    // Of equal indices only the update that won has a gradient: each update leaves its number and looks who is there.
    const size = updates.shape.reduce((n, d) => n * d, 1);
    const number = c.reshape(c.iota([size], 0), updates.shape);
    const winners = make(scatter, [c.full(-1, x.shape, "int32"), indices, number], attrs);
    const won = c.binary(eq, make(gather, [winners, indices], attrs), number);
    return [overwritten, undefined, c.where(won, make(gather, [dy, indices], attrs), 0)];
  },
};

/** x with updates added at the indices, in index order. */
export const scatterAdd: OpDef<GatherAttrs> = {
  name: "scatterAdd",
  kind: "heavy",
  infer: (inputs, attrs) => inferScatter("scatterAdd", inputs, attrs),
  vjp: (_, { inputs: [, indices], attrs }, dy) => [dy, undefined, make(gather, [dy, indices], attrs)],
};

export function gatherNode(x: Node, indices: Node, attrs: GatherAttrs): Node {
  return make(gather, [x, indices], attrs);
}
