/**
 * A plan: everything that one call of a compiled function, or one read, executes, with its memory laid out. Compiled
 * once, executed many times; nothing in it depends on the values of feeds, states or per-call scalars.
 */
import type { DType } from "../base/dtype.ts";
import type { Node } from "../graph/node.ts";
import type { Segment } from "../kernel/types.ts";
import type { ScalarSource } from "../ops/sources.ts";

/** Where a value of the segment lives. */
export type Binding =
  | { readonly kind: "slot"; readonly slot: number }
  | { readonly kind: "leaf"; readonly leaf: number }
  | { readonly kind: "output"; readonly output: number };

export interface PlanScalar {
  readonly source: ScalarSource;
  readonly dtype: DType;
}

export interface Plan {
  readonly segment: Segment;
  /** By value. */
  readonly bindings: readonly Binding[];
  /** Bytes of each slot. */
  readonly slots: readonly number[];
  /** The recorded nodes that the plan reads or writes in memory. */
  readonly leaves: readonly Node[];
  /** Indices of leaves that change seldom. */
  readonly constants: readonly number[];
  /** Indices of leaves that the plan writes. */
  readonly written: readonly number[];
  readonly outputs: readonly Node[];
  readonly scalars: readonly PlanScalar[];
  /** What runs first, and again when one of its leaves has changed; its outputs follow this plan's own leaves. */
  readonly setup?: Plan;
}

/** What a device offers to the compiler. */
export interface CompileTarget {
  readonly claims: ReadonlySet<string>;
  /** Values that one kernel may bind. */
  readonly bindings: number;
}

/** `value` becomes the content of `target`, a state node. */
export interface Assignment {
  readonly destination: Node;
  readonly value: Node;
}
