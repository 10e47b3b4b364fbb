/** The core ops as functions on nodes: shape checks, NumPy broadcasting and number literals happen here. */

import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import {
  broadcastShapes,
  normalizeAxes,
  normalizeAxis,
  reduceShape,
  type Shape,
  sameShape,
} from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Core, Node, NodeLike, PointwiseOp } from "../graph/node.ts";
import { add, div, mul, neg, sub } from "./elementwise/arithmetic.ts";
import { exp, log } from "./elementwise/exponential.ts";
import { cast, where } from "./elementwise/select.ts";
import { matmul } from "./matmul.ts";
import * as movement from "./movement.ts";
import { cumulative, type ReduceName, reduce } from "./reduce.ts";
import { iota, scalar } from "./sources.ts";

const literal = (value: number, dtype: DType = "float32"): Node =>
  make(scalar, [], { source: { value, literal: true }, dtype });

const broadcast = (x: Node, shape: Shape): Node =>
  sameShape(x.shape, shape) ? x : make(movement.broadcast, [x], { shape });

/** Operands as nodes of one shape; numbers take the dtype of the first node. */
function aligned(where: string, operands: readonly NodeLike[]): Node[] {
  const dtype =
    operands.find((o) => typeof o !== "number")?.dtype ?? fail(where, "expects at least one tensor");
  const nodes = operands.map((o) => (typeof o === "number" ? literal(o, dtype) : o));
  const shape = broadcastShapes(where, ...nodes.map((n) => n.shape));
  return nodes.map((n) => broadcast(n, shape));
}

const unary = (row: PointwiseOp<1>, x: Node): Node => make(row, [x], null);
const binary = (row: PointwiseOp<2>, a: NodeLike, b: NodeLike): Node =>
  make(row, aligned(row.name, [a, b]), null);

/** A reduction by name over `axes` (all by default). */
export function reduceNode(
  op: ReduceName,
  x: Node,
  axes?: number | readonly number[],
  keepDims = false,
): Node {
  const list = normalizeAxes(op, axes, x.shape.length);
  const result = list.length === 0 ? x : make(reduce, [x], { op, axes: list });
  return keepDims ? core.reshape(result, reduceShape(x.shape, list, true)) : result;
}

/** The one implementation of {@link Core}. */
export const core: Core = {
  scalar: literal,
  full: (value, shape, dtype) => broadcast(literal(value, dtype), shape),
  iota: (shape, axis) => make(iota, [], { shape, axis }),

  unary,
  binary,
  where(condition, a, b) {
    const [x, y] =
      typeof a === "number" && typeof b === "number" ? [literal(a), literal(b)] : aligned("where", [a, b]);
    const shape = broadcastShapes("where", condition.shape, x.shape);
    return make(
      where,
      [condition, x, y].map((n) => broadcast(n, shape)),
      null,
    );
  },
  cast: (x, dtype) => (x.dtype === dtype ? x : make(cast, [x], { dtype })),
  neg: (x) => unary(neg, x),
  exp: (x) => unary(exp, x),
  log: (x) => unary(log, x),
  add: (a, b) => binary(add, a, b),
  sub: (a, b) => binary(sub, a, b),
  mul: (a, b) => binary(mul, a, b),
  div: (a, b) => binary(div, a, b),

  reshape: (x, shape) => (sameShape(x.shape, shape) ? x : make(movement.reshape, [x], { shape })),
  permute: (x, axes) => (axes.every((a, i) => a === i) ? x : make(movement.permute, [x], { axes })),
  broadcast,
  pad(x, low, high, { interior = low.map(() => 0), value = 0 } = {}) {
    const nothing = [low, high, interior].every((list) => list.every((v) => v === 0));
    return nothing ? x : make(movement.pad, [x], { low, high, interior, value });
  },
  slice(x, start, stop, step = start.map(() => 1)) {
    const whole = x.shape.every((d, i) => start[i] === 0 && stop[i] === d && step[i] === 1);
    return whole ? x : make(movement.slice, [x], { start, stop, step });
  },
  flip: (x, axes) => (axes.length === 0 ? x : make(movement.flip, [x], { axes })),
  concat: (parts, axis) => (parts.length === 1 ? parts[0] : make(movement.concat, parts, { axis })),

  sum: (x, axes, keepDims) => reduceNode("sum", x, axes, keepDims),
  max: (x, axes, keepDims) => reduceNode("max", x, axes, keepDims),
  cumulative: (op, x, axis, reverse = false) =>
    make(cumulative, [x], { op, axis: normalizeAxis(`cum${op}`, axis, x.shape.length), reverse }),
  matmul: (a, b, { transposeA = false, transposeB = false } = {}) =>
    make(matmul, [a, b], { transposeA, transposeB }),
};
