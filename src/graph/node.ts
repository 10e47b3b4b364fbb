/**
 * The graph: immutable nodes that hold their op by reference, so what a program does not use tree-shakes away.
 * A node has one output. Effects (assign) are not nodes: a trace lists them.
 */
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import type { Core } from "./core.ts";

export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** How the compiler treats an op. */
export type OpKind =
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
  /** The same value in simpler ops. */
  expand?(core: Core, node: Node<A>): Node;
  /** Multiplications and additions, counted apart; by default one per output element. */
  flops?(node: Node<A>): number;
  /** What `attrs` adds to the structural key; JSON by default. */
  key?(attrs: A): string;
}

let nextId = 1;

/** A recorded op. Ids grow in program order, so inputs have smaller ids than what uses them. */
export class Node<out A = unknown> implements Spec {
  readonly id = nextId++;

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

/** Ids at or above this belong to nodes made from now on. */
export const watermark = (): number => nextId;
