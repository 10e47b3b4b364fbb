/**
 * Finds values that a compiled function computes from captured values alone: batch norm's scale, a folded kernel. They
 * are computed again only when a captured value has changed, not at each call.
 */
import { sizeOf } from "../base/shape.ts";
import { is, type Node } from "../graph/node.ts";
import { topological } from "../graph/walk.ts";
import { reshape } from "../ops/movement.ts";
import { scalar } from "../ops/sources.ts";

/** Tells which nodes depend on constant leaves and literals alone; also for nodes that passes make later. */
export class Constancy {
  private readonly known = new Map<Node, boolean>();

  constructor(
    order: readonly Node[],
    private readonly isConstantLeaf: (leaf: Node) => boolean,
  ) {
    for (const node of order) this.has(node);
  }

  /** Recurses only into nodes that a pass has just made: all others are known. */
  has(node: Node): boolean {
    const before = this.known.get(node);
    if (before !== undefined) return before;
    const is = this.decide(node);
    this.known.set(node, is);
    return is;
  }

  private decide(node: Node): boolean {
    if (node.op.kind === "memory") return this.isConstantLeaf(node);
    if (is(node, scalar)) return node.attrs.source.literal === true;
    return node.inputs.every((input) => this.has(input));
  }
}

/**
 * The constant values to cache between calls: those that other nodes read. Each is no larger than the leaves it is
 * computed from, so that no outer product is cached. Roots are never cached: a call returns fresh values.
 */
export function constantsToCache(roots: readonly Node[], constants: Constancy): Node[] {
  const isFixed = new Set(roots);
  const cached = new Set<Node>();
  const seen = new Set<Node>();
  const visit = (node: Node, reader: Node): void => {
    if (isFixed.has(node) || !constants.has(node) || node.op.kind === "memory") return;
    if (node.op.kind === "movement" && !mustBeDense(node, reader)) {
      visit(node.inputs[0], reader);
      return;
    }
    if (seen.has(node)) return;
    seen.add(node);
    const available = leafSize(node);
    if (available === 0) return;
    if (sizeOf(node.shape) <= available) cached.add(node);
    else for (const input of node.inputs) visit(input, node);
  };
  for (const node of topological(roots)) {
    if (isFixed.has(node) || !constants.has(node)) for (const input of node.inputs) visit(input, node);
  }
  return [...cached].sort((a, b) => a.id - b.id);
}

/** Whether the reader needs a dense input: a heavy kernel does, an elementwise one reads through views. */
const mustBeDense = ({ op }: Node, reader: Node): boolean => reader.op.kind === "heavy" && op !== reshape;

/** Elements of the leaves that a constant comes from. */
const leafSize = (node: Node): number =>
  topological([node]).reduce((sum, n) => sum + (n.op.kind === "memory" ? sizeOf(n.shape) : 0), 0);
