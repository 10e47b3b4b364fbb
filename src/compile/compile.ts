/** From recorded nodes to a plan: the passes, then the planner. */
import type { Node } from "../graph/node.ts";
import type { Assignment, CompileTarget, Plan } from "./plan.ts";
import { Planner } from "./planner.ts";
import { type Rebuilt, rebuild } from "./rebuild.ts";
import type { Separate } from "./separate.ts";

/**
 * Compiles outputs and assignments. `isLeaf` marks nodes whose values are in memory already, `isConstant` those leaves
 * that seldom change; what depends on them alone `separate` moves to the plan's setup.
 */
export function compile(
  outputs: readonly Node[],
  assignments: readonly Assignment[],
  isLeaf: (node: Node) => boolean,
  target: CompileTarget,
  isConstant: (leaf: Node) => boolean = () => false,
  separate?: Separate,
): Plan {
  const recorded = [...outputs, ...assignments.map((a) => a.value), ...assignments.map((a) => a.destination)];
  const planOf = ({ roots, leaves }: Rebuilt, kept: readonly Node[] = []): Plan => {
    const values = roots.slice(0, outputs.length + assignments.length);
    const isConstantHere = (leaf: Node): boolean => kept.includes(leaf) || isConstant(leaf);
    return new Planner(values, outputs, assignments, leaves, target, isConstantHere).plan();
  };
  const graph = rebuild(recorded, isLeaf, target.claims);
  if (!separate) return planOf(graph);
  const { kept, ...rest } = separate(graph, isConstant, target.claims);
  if (kept.roots.length === 0) return planOf(rest);
  const plan = planOf(rest, kept.roots);
  const setup = new Planner(kept.roots, kept.roots, [], kept.leaves, target, () => false).plan();
  return { ...plan, leaves: plan.leaves.slice(0, -kept.roots.length), setup };
}
