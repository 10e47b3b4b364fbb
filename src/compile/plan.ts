/**
 * A plan: the kernels that one call of a compiled function, or one read, executes, with their memory laid out. Compiled
 * once, executed many times; nothing in it depends on the values of arguments, states or per-call scalars, and no graph
 * node is reachable from it.
 */
import type { Node, Spec } from "../graph/node.ts";
import type { Segment } from "../kernel/types.ts";
import type { ScalarSource } from "../ops/sources.ts";

/** Where a value of the segment lives: in a leaf or an output by its index, or in a slot between kernels. */
export type Place =
  | { readonly kind: "leaf"; readonly index: number }
  | { readonly kind: "output"; readonly index: number }
  | { readonly kind: "slot"; readonly index: number };

/** What is executed. */
export interface Plan {
  readonly segment: Segment;
  /** Of each value of the segment. */
  readonly places: readonly Place[];
  /** Bytes of each slot. */
  readonly slots: readonly number[];
  readonly outputs: readonly Spec[];
  /** Indices of leaves that the plan writes. */
  readonly written: readonly number[];
  /** Indices of leaves that seldom change. */
  readonly constants: readonly number[];
}

/** A value in memory that a plan reads or writes: a recorded node's, or an output of the constants plan. */
export type Leaf =
  | { readonly kind: "node"; readonly node: Node }
  | { readonly kind: "constant"; readonly index: number };

/** A plan and the recorded nodes that it was made of. The runtime binds these to storages and then drops them. */
export interface Compilation {
  readonly plan: Plan;
  /** By index. */
  readonly leaves: readonly Leaf[];
  /** By scalar slot of the segment. */
  readonly scalars: readonly ScalarSource[];
  /** Computes the `constant` leaves: runs first, and again when one of its own leaves has changed. */
  readonly constantsPlan?: Compilation;
}

/** What a device offers to the compiler. */
export interface CompileTarget {
  readonly claims: ReadonlySet<string>;
  /** Values that one kernel may bind. */
  readonly bindings: number;
}

/** `value` becomes the content of `destination`, a leaf. */
export interface Assignment {
  readonly destination: Node;
  readonly value: Node;
}
