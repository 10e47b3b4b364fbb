/** The ops that every gradient and expansion is written in. Implemented in `ops/core.ts`; a heavy op imports its own family. */
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { Node } from "./node.ts";

/** A node, or a number that becomes a scalar of the other operand's dtype. */
export type NodeLike = Node | number;

/** Binary ops broadcast as NumPy does; both operands must have one dtype. */
export interface Core {
  /** A number as a node of shape []. */
  scalar(value: number, dtype?: DType): Node;
  full(value: number, shape: Shape, dtype?: DType): Node;
  /** 0, 1, 2, … along `axis` of `shape`, int32. */
  iota(shape: Shape, axis: number): Node;

  unary(name: string, x: Node): Node;
  binary(name: string, a: NodeLike, b: NodeLike): Node;
  where(condition: Node, a: NodeLike, b: NodeLike): Node;
  cast(x: Node, dtype: DType): Node;
  neg(x: Node): Node;
  exp(x: Node): Node;
  log(x: Node): Node;
  add(a: NodeLike, b: NodeLike): Node;
  sub(a: NodeLike, b: NodeLike): Node;
  mul(a: NodeLike, b: NodeLike): Node;
  div(a: NodeLike, b: NodeLike): Node;

  reshape(x: Node, shape: Shape): Node;
  permute(x: Node, axes: readonly number[]): Node;
  broadcast(x: Node, shape: Shape): Node;
  /** Constant padding; `interior` puts that many fills between neighbours. */
  pad(
    x: Node,
    low: readonly number[],
    high: readonly number[],
    options?: { interior?: readonly number[]; value?: number },
  ): Node;
  slice(x: Node, start: readonly number[], stop: readonly number[], step?: readonly number[]): Node;
  flip(x: Node, axes: readonly number[]): Node;
  concat(parts: readonly Node[], axis: number): Node;

  sum(x: Node, axes?: readonly number[], keepDims?: boolean): Node;
  max(x: Node, axes?: readonly number[], keepDims?: boolean): Node;
  /** Running sum or product along `axis`. */
  cumulative(op: "sum" | "prod", x: Node, axis: number, reverse?: boolean): Node;
  matmul(a: Node, b: Node, options?: { transposeA?: boolean; transposeB?: boolean }): Node;
}
