/** Where the leaves of a compiled function's plan come from at each call. */
import { invariant } from "../base/errors.ts";
import type { Leaf } from "../compile/plan.ts";
import { is, type Node } from "../graph/node.ts";
import { feed, state } from "../ops/sources.ts";
import { evaluate } from "./evaluate.ts";
import { type Argument, isTensor } from "./signature.ts";
import type { State } from "./state.ts";
import type { Storage } from "./storage.ts";
import type { Trace } from "./trace.ts";

export type LeafSource =
  /** The argument leaf of this index. */
  | { readonly kind: "argument"; readonly index: number }
  | { readonly kind: "state"; readonly state: State }
  /** A tensor that the function captured. */
  | { readonly kind: "captured"; readonly node: Node }
  /** The output of this index of the constants plan. */
  | { readonly kind: "constant"; readonly index: number };

/** @param trace the recording that the leaf belongs to, or that captured it */
export function leafSource(leaf: Leaf, trace: Trace): LeafSource {
  if (leaf.kind === "constant") return leaf;
  const { node } = leaf;
  if (node.scope !== trace.scope) return { kind: "captured", node };
  if (is(node, feed)) return { kind: "argument", index: node.attrs.index };
  invariant(is(node, state), `${node.op.name} is no leaf of a recording`);
  return { kind: "state", state: node.attrs.state as State };
}

/** The storages of the sources; values that are not computed yet are enqueued first. */
export function storagesOf(
  sources: readonly LeafSource[],
  args: readonly Argument[],
  constants: readonly Storage[] = [],
): Storage[] {
  const lazy: Node[] = [];
  for (const source of sources) {
    const node = nodeOf(source, args);
    if (node && !node.storage) lazy.push(node);
  }
  if (lazy.length > 0) evaluate(lazy);
  return sources.map((source) => {
    if (source.kind === "constant") return constants[source.index];
    const { storage } = source.kind === "state" ? source.state : nodeOf(source, args)!;
    return storage as Storage;
  });
}

function nodeOf(source: LeafSource, args: readonly Argument[]): Node | undefined {
  if (source.kind === "captured") return source.node;
  const argument = source.kind === "argument" ? args[source.index] : undefined;
  return isTensor(argument) ? argument : undefined;
}
