/**
 * Groups materialised values into kernels: elementwise work joins the kernel whose output it reads, as its epilogue, as
 * long as no cycle closes and the device can bind all that the kernel touches.
 */
import { type Shape, sameShape, sizeOf } from "../base/shape.ts";
import { isDense, reshapeView } from "../base/view.ts";
import type { Node } from "../graph/node.ts";
import { consumers, topological } from "../graph/walk.ts";
import { type Analysis, analyse, expressionLoads, type Load } from "./materialise.ts";

/** One kernel's worth of work: an anchor (reduce or heavy) with elementwise members behind it, or members alone. */
export interface Group {
  readonly anchor?: Node;
  /** The iteration space of the members: the anchor's output, or the first member's shape. */
  readonly shape: Shape;
  /** Materialised elementwise nodes, inputs first. */
  members: Node[];
}

export interface Fusion {
  readonly order: readonly Node[];
  readonly groups: readonly Group[];
  readonly groupOf: ReadonlyMap<Node, Group>;
  /** Loads of each node's expression; a materialised node loads itself. */
  readonly loads: ReadonlyMap<Node, readonly Load[]>;
  readonly isMaterialised: (node: Node) => boolean;
  /** The nodes whose values a group reads from memory. */
  reads(group: Group): Set<Node>;
}

/** Groups the graph of `roots` (rebuilt: primitives and claimed composites). `bindings`: values that a kernel may bind. */
export function fuse(roots: readonly Node[], bindings: number): Fusion {
  const order = topological(roots);
  const rootSet = new Set(roots);
  const analysis = analyse(order, rootSet, Math.max(2, bindings - 3));
  return new Merger(order, analysis, rootSet, bindings).result();
}

class Merger {
  private readonly groupOf = new Map<Node, Group>();
  private readonly groups = new Set<Group>();
  private readonly users: Map<Node, Node[]>;

  constructor(
    private readonly order: readonly Node[],
    private readonly analysis: Analysis,
    private readonly roots: ReadonlySet<Node>,
    private readonly bindings: number,
  ) {
    this.users = consumers(order);
    for (const node of order) {
      if (!analysis.isMaterialised(node) || node.op.kind === "memory") continue;
      const isMap = ["pointwise", "movement", "generator", "scalar"].includes(node.op.kind);
      const group: Group = isMap
        ? { shape: node.shape, members: [node] }
        : { anchor: node, shape: node.shape, members: [] };
      this.groupOf.set(node, group);
      this.groups.add(group);
      if (isMap) this.mergeWithProducers(group, node);
    }
  }

  result(): Fusion {
    const { analysis } = this;
    const groups = [...this.groups];
    return {
      order: this.order,
      groups,
      groupOf: this.groupOf,
      loads: analysis.loads,
      isMaterialised: (n) => analysis.isMaterialised(n),
      reads: (g) => new Set([...this.readsOf(g)].filter((n) => this.groupOf.get(n) !== g)),
    };
  }

  /** Loads of the expressions that a node's kernel evaluates, before it loads itself. */
  private expressionLoads(node: Node): readonly Load[] {
    return node.op.kind === "movement" || node.op.kind === "pointwise"
      ? expressionLoads(node, (n) => this.analysis.loads.get(n)!)
      : node.inputs.flatMap((i) => this.analysis.loads.get(i)!);
  }

  private mergeWithProducers(group: Group, node: Node): void {
    let home = group;
    const producers = new Set(
      this.expressionLoads(node)
        .map((l) => this.groupOf.get(l.base))
        .filter((g) => g !== undefined),
    );
    // An anchor first: it can take members, but two anchors cannot join.
    const candidates = [...producers].sort(
      (a, b) => Number(b.anchor !== undefined) - Number(a.anchor !== undefined),
    );
    for (const producer of candidates) {
      if (producer === home || !this.groups.has(producer) || (producer.anchor && home.anchor)) continue;
      const [into, from] = home.anchor ? [home, producer] : [producer, home];
      if (this.fits(into, from) && !this.hasPathBetween(producer, home)) home = this.join(into, from);
    }
  }

  /** Whether every member of `from` can run over the iteration space of `into`, reading its values in place. */
  private fits(into: Group, from: Group): boolean {
    if (into.anchor && !into.anchor.op.takesEpilogue) return false;
    if (sizeOf(into.shape) !== sizeOf(from.shape)) return false;
    // Values that the anchor reads must be complete before it starts.
    if (into.anchor && this.expressionLoads(into.anchor).some((l) => this.groupOf.get(l.base) === from))
      return false;
    const inside = (n: Node): boolean => this.groupOf.get(n) === into || this.groupOf.get(n) === from;
    for (const group of [into, from]) {
      for (const node of group.members) {
        for (const { base, view } of this.expressionLoads(node)) {
          if (
            inside(base)
              ? !isDense(view)
              : !sameShape(view.shape, into.shape) && !reshapeView(view, into.shape)
          )
            return false;
        }
      }
    }
    const joint: Group = {
      anchor: into.anchor,
      shape: into.shape,
      members: [...into.members, ...from.members],
    };
    const read = [...this.readsOf(joint)].filter((n) => !inside(n)).length;
    const stores = [into, from].flatMap((g) => this.nodesOf(g));
    const stored = stores.filter(
      (n) => this.roots.has(n) || this.users.get(n)!.some((u) => !inside(u)),
    ).length;
    return read + Math.max(1, stored) <= this.bindings;
  }

  private readsOf(group: Group): Set<Node> {
    const result = new Set<Node>();
    for (const node of this.nodesOf(group)) {
      for (const { base } of this.expressionLoads(node))
        if (this.analysis.isMaterialised(base)) result.add(base);
    }
    return result;
  }

  /** A path from `producer` to `consumer` through a third group: merging would close a cycle. */
  private hasPathBetween(producer: Group, consumer: Group): boolean {
    const first = Math.min(...this.nodesOf(producer).map((n) => n.id));
    const seen = new Set<Group>();
    const pending = [...this.producersOf(consumer)].filter((g) => g !== producer);
    while (pending.length > 0) {
      const group = pending.pop()!;
      if (group === producer) return true;
      if (seen.has(group) || group === consumer) continue;
      seen.add(group);
      if (Math.max(...this.nodesOf(group).map((n) => n.id)) < first) continue;
      pending.push(...this.producersOf(group));
    }
    return false;
  }

  private nodesOf(group: Group): Node[] {
    return group.anchor ? [group.anchor, ...group.members] : group.members;
  }

  private producersOf(group: Group): Set<Group> {
    const result = new Set<Group>();
    for (const node of this.readsOf(group)) {
      const producer = this.groupOf.get(node);
      if (producer && producer !== group) result.add(producer);
    }
    return result;
  }

  private join(into: Group, from: Group): Group {
    into.members = [...into.members, ...from.members].sort((a, b) => a.id - b.id);
    for (const node of from.members) this.groupOf.set(node, into);
    this.groups.delete(from);
    return into;
  }
}
