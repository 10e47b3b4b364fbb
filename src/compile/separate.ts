/** Splits a rebuilt graph into what constants alone decide and the rest, which reads that as leaves. */
import { withBuilder } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import { topological } from "../graph/walk.ts";
import { Constancy, keptConstants } from "./constancy.ts";
import { foldChannels } from "./fold.ts";
import { passBuilder, type Rebuilt, rebuild } from "./rebuild.ts";

export interface Separated extends Rebuilt {
  /** The constants to keep: the last leaves of the rest, where they stand for themselves. */
  readonly kept: Rebuilt;
}

/** `isConstant` answers for recorded leaves. */
export function separate(
  graph: Rebuilt,
  isConstant: (leaf: Node) => boolean,
  claims: ReadonlySet<string>,
): Separated {
  const recorded = new Map([...graph.leaves].map(([original, leaf]) => [leaf, original]));
  const constants = new Constancy(topological(graph.roots), (leaf) => isConstant(recorded.get(leaf)!));
  const folded = withBuilder(passBuilder(claims), () => foldChannels(graph.roots, constants));
  const kept = keptConstants(folded, constants);
  if (kept.length === 0)
    return { roots: folded, leaves: graph.leaves, kept: { roots: [], leaves: new Map() } };
  const isKept = new Set(kept);
  const rest = rebuild(folded, (node) => isKept.has(node), claims);
  const shared = [...rest.leaves].filter(([leaf]) => recorded.has(leaf));
  const setup = topological(kept).filter((node) => recorded.has(node));
  return {
    roots: rest.roots,
    leaves: new Map([
      ...shared.map(([leaf, next]) => [recorded.get(leaf)!, next] as const),
      ...kept.map((node) => [node, rest.leaves.get(node)!] as const),
    ]),
    kept: { roots: kept, leaves: new Map(setup.map((leaf) => [recorded.get(leaf)!, leaf])) },
  };
}

export type Separate = typeof separate;
