/** Moves values that depend on constants alone to a constants plan, whose outputs the rest of the graph reads as leaves. */
import { BUILDER } from "../graph/builder.ts";
import { within } from "../graph/context.ts";
import type { Node } from "../graph/node.ts";
import { topological } from "../graph/walk.ts";
import { recordedLeaves, type Separate } from "./compile.ts";
import { Constancy, constantsToCache } from "./constancy.ts";
import { foldChannels } from "./fold.ts";
import { type LeafNode, Planner } from "./planner.ts";
import { passBuilder, rebuild } from "./rebuild.ts";

export const separate: Separate = (graph, target, isConstant, plan) => {
  const { claims } = target;
  const recorded = new Map([...graph.leaves].map(([original, leaf]) => [leaf, original]));
  const constancy = new Constancy(topological(graph.roots), (leaf) => isConstant(recorded.get(leaf)!));
  const folded = within([BUILDER.as(passBuilder(claims))], () => foldChannels(graph.roots, constancy));
  const cached = constantsToCache(folded, constancy);
  if (cached.length === 0) return plan(folded, recordedLeaves(graph.leaves, isConstant));

  /** The leaves of a graph that was made of `graph`, without cached constants. */
  const leavesOf = (leaves: Iterable<readonly [leaf: Node, next: Node]>): LeafNode[] => {
    const known = [...leaves].filter(([leaf]) => recorded.has(leaf));
    return recordedLeaves(new Map(known.map(([leaf, next]) => [recorded.get(leaf)!, next])), isConstant);
  };
  const isCached = new Set(cached);
  const rest = rebuild(folded, (node) => isCached.has(node), claims);
  const constants = cached.map(
    (node, index): LeafNode => ({
      leaf: rest.leaves.get(node)!,
      source: { kind: "constant", index },
      isConstant: true,
    }),
  );
  const compiled = plan(rest.roots, [...leavesOf(rest.leaves), ...constants]);
  const constantLeaves = leavesOf(topological(cached).map((node) => [node, node] as const));
  return { ...compiled, constantsPlan: new Planner(cached, [], constantLeaves, target).plan() };
};
