/**
 * The graph. A node's op, attributes, shape and dtype never change; the runtime marks what it keeps of its value. Nodes
 * hold their op by reference, so what a program does not use tree-shakes away.
 * A node has one output. Effects (assign) are not nodes: a trace lists them.
 */
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { ShapedView } from "../base/view.ts";

export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** How the compiler treats an op. */
type OpKind =
  /** No inputs and a value in memory: feed, stored, state. */
  | "memory"
  /** A number per call, shape []. */
  | "scalar"
  /** A function of the index alone: iota; random bits, whose inputs are scalars. */
  | "generator"
  /** One row of the elementwise table. */
  | "pointwise"
  /** An index map: reshape, permute, broadcast, slice, flip, pad. */
  | "movement"
  | "reduce"
  /** Its value is its first input's, for autograd alone: alias, stopGradient, customGrad. */
  | "identity"
  /** A kernel of its own: matmul, conv, pool, gather, sort, … */
  | "heavy"
  /** Dissolved by `expand` unless the backend claims it. */
  | "composite";

/** An op: its shape and dtype rule, its gradient and its meaning in one place. */
export interface OpDef<A = unknown> {
  readonly name: string;
  readonly kind: OpKind;
  /** The output's shape and dtype; throws a HeddleError when the inputs do not fit. */
  infer(inputs: readonly Spec[], attrs: A): Spec;
  /** Gradients of the inputs for the output's gradient `dy`, as nodes; undefined where there is none. */
  vjp?(core: Core, node: Node<A>, dy: Node): readonly (Node | undefined)[];
  /** The same value in simpler ops; undefined where these attributes leave nothing to simplify. */
  expand?(core: Core, node: Node<A>): Node | undefined;
  /** A movement op as arithmetic on a view of its input; undefined where no view can say it. */
  view?(node: Node<A>, view: ShapedView): ShapedView | undefined;
  /** Multiplications and additions, counted apart; by default one per output element. */
  flops?(node: Node<A>): number;
  /** What `attrs` adds to the structural key; JSON by default. */
  key?(attrs: A): string;
  /** How the labels of kernels name it; by default its name. */
  label?(attrs: A): string;
  /** Whether its kernel runs elementwise ops on its result before it stores: a reduction, a product, a window. */
  readonly takesEpilogue?: boolean;
  /** Whether it weighs its inputs, as the layers of a network do: its flops are what a summary counts. */
  readonly multiplies?: boolean;
}

/** An op of one element of each input; its rows stand in `ops/elementwise/`. */
export interface PointwiseOp<Operands extends number = number, A = null> extends OpDef<A> {
  readonly kind: "pointwise";
  readonly operands: Operands;
  /** What an element costs of operands of this dtype, in simple vector operations. */
  cost(dtype: DType): number;
}

let nextId = 1;

/** A recorded op. Ids grow in program order, so inputs have smaller ids than what uses them. */
export class Node<out A = unknown> implements Spec {
  readonly id = nextId++;
  /** Its value, once the runtime keeps one; such a node ends every later walk. */
  storage: object | undefined;
  /** Whether something else may still need its value: a node recorded on it outside `jit`, or a state that shares it. */
  isUsed = false;
  /** Tensors that show this node and were not disposed. */
  handles = 0;
  /** Whether some plan computed it already without keeping it. */
  wasComputed = false;

  constructor(
    // biome-ignore lint/suspicious/noExplicitAny: A is invariant in OpDef, and the graph is heterogeneous.
    readonly op: OpDef<any>,
    /** Emptied once the value is stored, so that a long loop does not keep its history. */
    public inputs: readonly Node[],
    readonly attrs: A,
    readonly shape: Shape,
    readonly dtype: DType,
    /** The recording that made it: 0 outside `jit`. */
    readonly scope: number,
  ) {}
}

/** Whether a node was made by `op`: the one way to tell, and then its attributes have a type. */
export const is = <A>(node: Node, op: OpDef<A>): node is Node<A> => node.op === op;

/** Ids at or above this belong to nodes made from now on. */
export const watermark = (): number => nextId;

/** A node, or a number that becomes a scalar of the other operand's dtype. */
export type NodeLike = Node | number;

/**
 * The ops that every gradient and expansion is written in, implemented in `ops/core.ts`; a heavy op imports its own family.
 * Binary ops broadcast as NumPy does; both operands must have one dtype.
 */
export interface Core {
  /** A number as a node of shape []. */
  scalar(value: number, dtype?: DType): Node;
  full(value: number, shape: Shape, dtype?: DType): Node;
  /** 0, 1, 2, … along `axis` of `shape`, int32. */
  iota(shape: Shape, axis: number): Node;

  /** One row of the elementwise table. */
  unary(row: PointwiseOp<1>, x: Node): Node;
  binary(row: PointwiseOp<2>, a: NodeLike, b: NodeLike): Node;
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
