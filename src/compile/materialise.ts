/**
 * Decides which values get memory of their own. A value is materialised when it is asked for, feeds a heavy kernel, or is
 * used several times and costs something; everything else is arithmetic inside the kernels that use it, which read
 * materialised values through views.
 */
import { sizeOf } from "../base/shape.ts";
import { dense, isDense, type ShapedView } from "../base/view.ts";
import { is, type Node } from "../graph/node.ts";
import { consumers } from "../graph/walk.ts";
import { costOf, isElementwise } from "../ops/elementwise/names.ts";
import { matmul } from "../ops/matmul.ts";
import { broadcast, concat, pad } from "../ops/movement.ts";
import { iota } from "../ops/sources.ts";

/** The most that an op may cost, in vector operations per element, to be computed again rather than stored. */
const CHEAP = 4;

/** A value that an expression reads, and how. */
export interface Load {
  readonly base: Node;
  /** Indexed by the shape of the node whose expression this is. */
  readonly view: ShapedView;
}

/** A view of a movement node's input as a view of the node; undefined where there is none. */
const moveView = (node: Node, view: ShapedView): ShapedView | undefined => node.op.view?.(node, view);

/**
 * How every expression of a graph reads memory. Built bottom up; where a node turns out to need memory it is added to
 * `forced`, and the analysis has to be made again: see {@link analyse}.
 */
export class Analysis {
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
      this.loads.set(node, this.isMaterialised(node) ? this.realise(node) : this.expression(node));
  }

  isMaterialised(node: Node): boolean {
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
    const isShared = this.fanout(node) > 1 && all.some((l) => this.isMaterialised(l.base));
    if (isShared || (all.length > this.maxLoads && !this.isMaterialised(node))) this.forced.add(node);
    if (all.length > this.maxLoads)
      for (const i of node.inputs) if (i.op.kind === "pointwise") this.forced.add(i);
    return all;
  }

  /** How many kernels would compute the node again. */
  private fanout(node: Node): number {
    const direct = new Set(this.users.get(node));
    let count = 0;
    for (const user of direct)
      count += user.op.kind === "movement" && !this.isMaterialised(user) ? Math.max(1, this.fanout(user)) : 1;
    return count;
  }

  private moved(node: Node): readonly Load[] {
    const [input] = node.inputs;
    const before = this.loads.get(input)!;
    const arithmetic = hasArithmetic(input, (n) => this.isMaterialised(n));
    // Padding needs the fill outside the expression; a repeated expression would be computed again and again.
    const repeats = is(node, broadcast) && sizeOf(node.shape) > sizeOf(input.shape) && this.isCostly(input);
    const views = before.map((l) => moveView(node, l.view));
    const padsWrongly =
      is(node, pad) && (arithmetic || before.length !== 1 || before[0].base.op.kind === "generator");
    if (views.some((v) => v === undefined) || padsWrongly || repeats) {
      this.forced.add(input);
      return [{ base: input, view: moveView(node, dense(input.shape))! }];
    }
    return before.map((l, i) => ({ base: l.base, view: views[i]! }));
  }

  private isCostly(node: Node): boolean {
    if (this.isMaterialised(node)) return false;
    if (isElementwise(node.op) && costOf(node, node.op) > CHEAP) return true;
    const loadsMemory = this.loads.get(node)!.some((l) => this.isMaterialised(l.base));
    return node.op.kind === "pointwise" ? loadsMemory : node.inputs.some((i) => this.isCostly(i));
  }

  /** A heavy kernel reads dense memory; matmul also rows with a stride, either side transposed. */
  private checkInputs(node: Node): void {
    if (is(node, concat)) return;
    for (const input of node.inputs) {
      if (this.isMaterialised(input)) continue;
      const loads = this.loads.get(input)!;
      const direct =
        loads.length === 1 &&
        this.isMaterialised(loads[0].base) &&
        !hasArithmetic(input, (n) => this.isMaterialised(n));
      const fits = direct && (isDense(loads[0].view) || (is(node, matmul) && isMatrixView(loads[0].view)));
      if (!fits) this.forced.add(input);
    }
  }
}

function generatorView(node: Node): ShapedView {
  if (!is(node, iota)) return dense(node.shape);
  return { shape: node.shape, offset: 0, strides: node.shape.map((_, i) => Number(i === node.attrs.axis)) };
}

/** True when the expression under a node is more than movement over one value. */
function hasArithmetic(node: Node, isMaterialised: (n: Node) => boolean): boolean {
  let at = node;
  while (at.op.kind === "movement" && !isMaterialised(at)) at = at.inputs[0];
  return !isMaterialised(at) && at.op.kind !== "generator";
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

/** The loads under a materialised elementwise or movement node, as its own kernel sees them. */
export function expressionLoads(node: Node, loadsOf: (n: Node) => readonly Load[]): readonly Load[] {
  if (node.op.kind === "movement") {
    return loadsOf(node.inputs[0]).map((l) => ({ base: l.base, view: moveView(node, l.view)! }));
  }
  return distinct(node.inputs.flatMap((i) => loadsOf(i)));
}

/** The analysis of `order`, with memory given to all that need it. `maxLoads`: values that one expression may read. */
export function analyse(order: readonly Node[], roots: ReadonlySet<Node>, maxLoads: number): Analysis {
  const forced = new Set<Node>();
  for (;;) {
    const before = forced.size;
    const analysis = new Analysis(order, roots, forced, maxLoads);
    if (forced.size === before) return analysis;
  }
}
