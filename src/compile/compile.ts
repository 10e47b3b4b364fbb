/** From recorded nodes to a plan: the passes, then the planner. */
import type { Node } from "../graph/node.ts";
import type { Assignment, Compilation, CompileTarget } from "./plan.ts";
import { type LeafNode, Planner } from "./planner.ts";
import { type Rebuilt, rebuild } from "./rebuild.ts";

/** What the caller of {@link compile} decides. */
interface CompileOptions {
  readonly target: CompileTarget;
  /** Whether a node's value is in memory already: the graph ends there. */
  isLeaf(node: Node): boolean;
  /** Whether a leaf seldom changes. Default: none does. */
  isConstant?(leaf: Node): boolean;
  /** Folds constants and moves the values that depend on them alone to a constants plan. Default: no constants plan. */
  readonly separate?: Separate | undefined;
}

/** Compiles a rebuilt graph in two parts: a constants plan and the plan of each call. Implemented in `separate.ts`. */
export type Separate = (
  graph: Rebuilt,
  target: CompileTarget,
  isConstant: (leaf: Node) => boolean,
  /** Plans the outputs and assignments; `roots` are their nodes after the last pass. */
  plan: (roots: readonly Node[], leaves: readonly LeafNode[]) => Compilation,
) => Compilation;

/** Compiles values to return and values to assign. */
export function compile(
  outputs: readonly Node[],
  assignments: readonly Assignment[],
  { target, isLeaf, isConstant = () => false, separate }: CompileOptions,
): Compilation {
  const values = [...outputs, ...assignments.map(({ value }) => value)];
  const destinations = assignments.map(({ destination }) => destination);
  const graph = rebuild([...values, ...destinations], isLeaf, target.claims);
  const plan = (roots: readonly Node[], leaves: readonly LeafNode[]): Compilation => {
    const assigned = destinations.map((_, i) => ({
      value: roots[outputs.length + i],
      destination: roots[values.length + i],
    }));
    return new Planner(roots.slice(0, outputs.length), assigned, leaves, target).plan();
  };
  return separate
    ? separate(graph, target, isConstant, plan)
    : plan(graph.roots, recordedLeaves(graph.leaves, isConstant));
}

/** @param leaves maps each recorded leaf to its leaf in the planned graph */
export const recordedLeaves = (
  leaves: ReadonlyMap<Node, Node>,
  isConstant: (leaf: Node) => boolean,
): LeafNode[] =>
  [...leaves].map(([node, leaf]) => ({ leaf, source: { kind: "node", node }, isConstant: isConstant(node) }));
