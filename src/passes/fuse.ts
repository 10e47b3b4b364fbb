/**
 * Decides what is computed together. A value is realised (has memory of its own) when it is asked for, feeds a heavy
 * kernel, or is used several times and costs something; everything else is arithmetic inside the kernels that use it.
 * Realised values are then merged into groups: elementwise work joins the kernel whose output it reads.
 */
import { type Shape, sameShape, sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import { consumers, topological } from "../graph/walk.ts";
import {
  broadcastView,
  dense,
  flipView,
  isDense,
  padView,
  permuteView,
  reshapeView,
  type ShapedView,
  sliceView,
} from "../kernel/view.ts";
import { elementwise } from "../ops/elementwise.ts";

/** A value that an expression reads, and how. */
export interface Load {
  readonly base: Node;
  /** Indexed by the shape of the node whose expression this is. */
  readonly view: ShapedView;
}

/** One kernel's worth of work: an anchor (reduce or heavy) with elementwise members behind it, or members alone. */
export interface Group {
  readonly anchor?: Node;
  /** The iteration space of the members: the anchor's output, or the first member's shape. */
  readonly shape: Shape;
  /** Realised elementwise nodes, inputs first. */
  members: Node[];
}

export interface Fusion {
  readonly order: readonly Node[];
  readonly groups: readonly Group[];
  readonly groupOf: ReadonlyMap<Node, Group>;
  /** Loads of each node's expression; a realised node loads itself. */
  readonly loads: ReadonlyMap<Node, readonly Load[]>;
  readonly isRealised: (node: Node) => boolean;
  /** The nodes whose values a group reads from memory. */
  reads(group: Group): Set<Node>;
}

/** Anchors whose kernels run an epilogue. */
const TAKES_EPILOGUE = new Set([
  "reduce",
  "matmul",
  "conv",
  "convInputGrad",
  "convWeightGrad",
  "pool",
  "poolGrad",
  "poolTake",
]);

/** The movement op as arithmetic on a view of its input; undefined where it has none. */
export function moveView(node: Node, view: ShapedView): ShapedView | undefined {
  const { shape } = node;
  // biome-ignore lint/suspicious/noExplicitAny: each movement op has attributes of its own.
  const attrs = node.attrs as any;
  switch (node.op.name) {
    case "reshape":
      return reshapeView(view, shape);
    case "permute":
      return permuteView(view, attrs.axes);
    case "broadcast":
      return broadcastView(view, shape);
    case "slice":
      return sliceView(view, attrs.start, attrs.step, shape);
    case "flip":
      return flipView(view, attrs.axes);
    default:
      return padView(view, attrs.low, shape, attrs.value);
  }
}

/** How an expression reads its loads, found bottom up; nodes added to `forced` on the way need memory. */
class Analysis {
  readonly loads = new Map<Node, readonly Load[]>();
  private readonly users: Map<Node, Node[]>;

  constructor(
    order: readonly Node[],
    private readonly roots: ReadonlySet<Node>,
    private readonly forced: Set<Node>,
    private readonly maxLoads: number,
  ) {
    this.users = consumers(order);
    for (const node of order)
      this.loads.set(node, this.isRealised(node) ? this.realise(node) : this.expression(node));
  }

  isRealised(node: Node): boolean {
    const { kind } = node.op;
    if (kind === "scalar") return this.roots.has(node) || this.forced.has(node);
    return (
      kind === "memory" ||
      kind === "reduce" ||
      kind === "heavy" ||
      kind === "composite" ||
      this.roots.has(node) ||
      this.forced.has(node)
    );
  }

  private realise(node: Node): readonly Load[] {
    const { kind } = node.op;
    if (kind === "heavy" || kind === "composite") this.checkInputs(node);
    else if (kind === "pointwise") this.expression(node);
    else if (kind === "movement") this.moved(node);
    return [{ base: node, view: dense(node.shape) }];
  }

  private expression(node: Node): readonly Load[] {
    switch (node.op.kind) {
      case "generator":
        return [{ base: node, view: generatorView(node) }];
      case "pointwise":
        return this.pointwise(node);
      case "movement":
        return this.moved(node);
      default:
        return [];
    }
  }

  private pointwise(node: Node): readonly Load[] {
    const all = distinct(node.inputs.flatMap((i) => this.loads.get(i)!));
    const isShared = this.fanout(node) > 1 && all.some((l) => this.isRealised(l.base));
    if (isShared || (all.length > this.maxLoads && !this.isRealised(node))) this.forced.add(node);
    if (all.length > this.maxLoads)
      for (const i of node.inputs) if (i.op.kind === "pointwise") this.forced.add(i);
    return all;
  }

  /** How many kernels would compute the node again. */
  private fanout(node: Node): number {
    const direct = new Set(this.users.get(node));
    let count = 0;
    for (const user of direct)
      count += user.op.kind === "movement" && !this.isRealised(user) ? Math.max(1, this.fanout(user)) : 1;
    return count;
  }

  private moved(node: Node): readonly Load[] {
    const [input] = node.inputs;
    const { name } = node.op;
    const before = this.loads.get(input)!;
    const arithmetic = hasArithmetic(input, (n) => this.isRealised(n));
    // Padding needs the fill outside the expression; a repeated expression would be computed again and again.
    const repeats = name === "broadcast" && sizeOf(node.shape) > sizeOf(input.shape) && this.isCostly(input);
    const views = before.map((l) => moveView(node, l.view));
    const padsWrongly =
      name === "pad" && (arithmetic || before.length !== 1 || before[0].base.op.kind === "generator");
    if (views.some((v) => v === undefined) || padsWrongly || repeats) {
      this.forced.add(input);
      return [{ base: input, view: moveView(node, dense(input.shape))! }];
    }
    return before.map((l, i) => ({ base: l.base, view: views[i]! }));
  }

  private isCostly(node: Node): boolean {
    if (this.isRealised(node)) return false;
    if (node.op.kind === "pointwise" && !elementwise(node.op.name).cheap) return true;
    const loadsMemory = this.loads.get(node)!.some((l) => this.isRealised(l.base));
    return node.op.kind === "pointwise" ? loadsMemory : node.inputs.some((i) => this.isCostly(i));
  }

  /** A heavy kernel reads dense memory; matmul also rows with a stride, either side transposed. */
  private checkInputs(node: Node): void {
    if (node.op.name === "concat") return;
    for (const input of node.inputs) {
      if (this.isRealised(input)) continue;
      const loads = this.loads.get(input)!;
      const direct =
        loads.length === 1 &&
        this.isRealised(loads[0].base) &&
        !hasArithmetic(input, (n) => this.isRealised(n));
      const fits =
        direct && (isDense(loads[0].view) || (node.op.name === "matmul" && isMatrixView(loads[0].view)));
      if (!fits) this.forced.add(input);
    }
  }
}

function generatorView(node: Node): ShapedView {
  if (node.op.name !== "iota") return dense(node.shape);
  const { axis } = node.attrs as { axis: number };
  return { shape: node.shape, offset: 0, strides: node.shape.map((_, i) => (i === axis ? 1 : 0)) };
}

/** True when the expression under a node is more than movement over one value. */
function hasArithmetic(node: Node, isRealised: (n: Node) => boolean): boolean {
  let at = node;
  while (at.op.kind === "movement" && !isRealised(at)) at = at.inputs[0];
  return !isRealised(at) && at.op.kind !== "generator";
}

/** Rows of stride ≥ their length with adjacent elements, or the same after transposing. */
export function isMatrixView({ shape, strides, bounds }: ShapedView): boolean {
  if (bounds) return false;
  const [r, c] = [shape.length - 2, shape.length - 1];
  const rowWise = (row: number, col: number): boolean =>
    (shape[col] === 1 || strides[col] === 1) && (shape[row] === 1 || strides[row] >= shape[col]);
  return (rowWise(r, c) || rowWise(c, r)) && strides.slice(0, -2).every((s) => s >= 0);
}

function distinct(loads: readonly Load[]): readonly Load[] {
  const seen = new Map<string, Load>();
  for (const l of loads)
    seen.set(`${l.base.id}|${l.view.offset}|${l.view.strides}|${l.view.bounds?.ranges ?? ""}`, l);
  return [...seen.values()];
}

/** Groups the graph of `roots` (rebuilt: primitives and claimed composites). `bindings`: values that a kernel may bind. */
export function fuse(roots: readonly Node[], bindings: number): Fusion {
  const order = topological(roots);
  const rootSet = new Set(roots);
  const forced = new Set<Node>();
  let analysis: Analysis;
  let before: number;
  do {
    before = forced.size;
    analysis = new Analysis(order, rootSet, forced, Math.max(2, bindings - 3));
  } while (forced.size > before);

  const merger = new Merger(order, analysis, rootSet, bindings);
  return merger.result();
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
      if (!analysis.isRealised(node) || node.op.kind === "memory") continue;
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
      isRealised: (n) => analysis.isRealised(n),
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
    if (into.anchor && !TAKES_EPILOGUE.has(into.anchor.op.name)) return false;
    if (sizeOf(into.shape) !== sizeOf(from.shape)) return false;
    // What the anchor itself reads must be ready before it starts.
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
      for (const { base } of this.expressionLoads(node)) if (this.analysis.isRealised(base)) result.add(base);
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

/** The loads under a realised elementwise or movement node, as its own kernel sees them. */
export function expressionLoads(node: Node, loadsOf: (n: Node) => readonly Load[]): readonly Load[] {
  if (node.op.kind === "movement") {
    return loadsOf(node.inputs[0]).map((l) => ({ base: l.base, view: moveView(node, l.view)! }));
  }
  return distinct(node.inputs.flatMap((i) => loadsOf(i)));
}
