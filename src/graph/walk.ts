/** Orders and renumbers graphs without recursion: traces may be deep. */
import type { Node } from "./node.ts";

/** Every node that the roots need, inputs first; `cut` says where the walk ends (that node is listed, its inputs not). */
export function topological(roots: readonly Node[], cut?: (node: Node) => boolean): Node[] {
  const seen = new Set<Node>();
  const pending = [...roots];
  while (pending.length > 0) {
    const node = pending.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    if (!cut?.(node)) pending.push(...node.inputs);
  }
  // Ids grow in program order, and an input is always older than its user.
  return [...seen].sort((a, b) => a.id - b.id);
}

/** For each node in `order` the nodes in it that use it, each as often as it does. */
export function consumers(order: readonly Node[]): Map<Node, Node[]> {
  const users = new Map<Node, Node[]>(order.map((n) => [n, []]));
  for (const node of order) for (const input of node.inputs) users.get(input)?.push(node);
  return users;
}
