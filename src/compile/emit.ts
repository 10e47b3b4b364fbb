/** Writes the expression under a node as a scalar program over a kernel's iteration space. */

import type { DType } from "../base/dtype.ts";
import { invariant } from "../base/errors.ts";
import { rowMajor, type Shape, sameShape } from "../base/shape.ts";
import { dense, isDense, reshapeView, type ShapedView } from "../base/view.ts";
import { is, type Node } from "../graph/node.ts";
import type { Affine, Instr, Program, Store, ValueId } from "../kernel/types.ts";
import { costOf, isElementwise } from "../ops/elementwise/names.ts";
import { iota, isStructural, randomBits, type ScalarSource, scalar } from "../ops/sources.ts";

/** Movement from a node's own shape to the iteration space, innermost first. */
interface Path {
  readonly key: string;
  apply(view: ShapedView): ShapedView | undefined;
}

export interface EmitContext {
  readonly isMaterialised: (node: Node) => boolean;
  readonly valueOf: (node: Node) => ValueId;
  readonly slotOf: (source: ScalarSource, dtype: DType) => number;
}

export class Emitter {
  private readonly instrs: Instr[] = [];
  private readonly known = new Map<string, number>();
  /** Values that this kernel itself computes, by node. */
  private readonly own = new Map<Node, number>();

  constructor(
    private readonly shape: Shape,
    private readonly context: EmitContext,
  ) {}

  /** The anchor's result: what its epilogue starts from. */
  startFrom(anchor: Node): void {
    this.own.set(anchor, this.push({ op: "acc", dtype: anchor.dtype }));
  }

  /** Computes a member of the group at every point of the iteration space. */
  member(node: Node): number {
    const value = this.expression(node, this.toSpace(node));
    this.own.set(node, value);
    return value;
  }

  /** The value of an input: loaded, or computed where it is not materialised. */
  input(node: Node): number {
    return this.value(node, this.toSpace(node));
  }

  valueOfOwn(node: Node): number {
    return this.own.get(node)!;
  }

  program(stores: readonly Store[]): Program {
    return { instrs: this.instrs, stores };
  }

  private toSpace({ shape }: Node): Path {
    if (sameShape(shape, this.shape)) return { key: "", apply: (v) => v };
    return { key: "=", apply: (v) => reshapeView(v, this.shape) };
  }

  private value(node: Node, path: Path): number {
    if (!this.context.isMaterialised(node)) return this.expression(node, path);
    const view = this.view(dense(node.shape), path);
    const own = this.own.get(node);
    if (own !== undefined) {
      invariant(isDense(view), `${node.op.name} is read out of place inside its own kernel`);
      return own;
    }
    const { shape: _, ...load } = view;
    return this.push({ op: "load", input: this.context.valueOf(node), view: load, dtype: node.dtype });
  }

  private expression(node: Node, path: Path): number {
    const key = `${node.id}${path.key}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const step = this.fresh(node, path);
    this.known.set(key, step);
    return step;
  }

  private fresh(node: Node, path: Path): number {
    const { dtype, op } = node;
    if (op.kind === "movement") return this.value(node.inputs[0], this.through(node, path));
    if (isElementwise(op)) {
      const args = node.inputs.map((i) => this.value(i, path));
      return this.push({ op: "map", name: op.name, cost: costOf(node, op), args, dtype });
    }
    if (is(node, scalar)) {
      const { source } = node.attrs;
      if (isStructural(source)) return this.push({ op: "const", value: source.value, dtype });
      return this.push({ op: "scalar", slot: this.context.slotOf(source, dtype), dtype });
    }
    if (is(node, iota)) {
      const { axis } = node.attrs;
      const along = { shape: node.shape, offset: 0, strides: node.shape.map((_, i) => (i === axis ? 1 : 0)) };
      return this.push({ op: "index", map: affine(this.view(along, path)), dtype });
    }
    invariant(is(node, randomBits), `${op.name} has no scalar form`);
    const flat = { shape: node.shape, offset: 0, strides: rowMajor(node.shape) };
    const args = node.inputs.map((i) => this.value(i, { key: "()", apply: (v) => v }));
    return this.push({ op: "random", map: affine(this.view(flat, path)), args, dtype });
  }

  private through(node: Node, path: Path): Path {
    return {
      key: `${path.key}<${node.id}`,
      apply: (view) => {
        const moved = node.op.view?.(node, view);
        return moved && path.apply(moved);
      },
    };
  }

  private view(view: ShapedView, path: Path): ShapedView {
    const result = path.apply(view);
    invariant(result, "a view that fusion accepted could not be followed");
    return result;
  }

  private push(instr: Instr): number {
    const key = JSON.stringify(instr);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.instrs.push(instr);
    this.known.set(key, this.instrs.length - 1);
    return this.instrs.length - 1;
  }
}

function affine(view: ShapedView): Affine {
  invariant(!view.bounds, "an index generator cannot be padded");
  return { offset: view.offset, strides: view.strides };
}
