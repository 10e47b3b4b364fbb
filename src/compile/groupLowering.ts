/** One fusion group on its way to a kernel: its programs, the values that it reads, and what `explain()` says of it. */
import type { DType } from "../base/dtype.ts";
import { invariant } from "../base/errors.ts";
import { sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Instr, Operand, Program, Store, ValueId } from "../kernel/types.ts";
import { type EmitContext, Emitter } from "./emit.ts";
import type { Fusion, Group } from "./fuse.ts";
import { isMatrixView } from "./materialise.ts";

export interface LowerContext extends Omit<EmitContext, "isMaterialised"> {
  readonly fusion: Fusion;
  /** Nodes whose values are in memory. */
  readonly isStored: (node: Node) => boolean;
  /** A value for a result that nobody reads. */
  readonly unused: (size: number, dtype: DType) => ValueId;
}

const flopsOf = (node: Node): number => node.op.flops?.(node) ?? sizeOf(node.shape);

/** Every op that runs inside a group, the unmaterialised ones included. */
export function opsIn(group: Group, fusion: Fusion): Node[] {
  const seen = new Set<Node>();
  const pending: Node[] = group.anchor ? [group.anchor, ...group.members] : [...group.members];
  while (pending.length > 0) {
    const node = pending.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const input of node.inputs) if (!fusion.isMaterialised(input)) pending.push(input);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

/** `conv+add+max`: the ops by which a reader knows a kernel. */
export function labelOf(ops: readonly Node[]): string {
  const named = ops.filter((n) => n.op.kind !== "movement" && n.op.kind !== "scalar").map(nameOf);
  if (named.length === 0) return ops.find((n) => n.op.kind === "movement") ? "contiguous" : "fill";
  return named.length <= 6 ? named.join("+") : `${named.slice(0, 5).join("+")}+${named.length - 5} more`;
}

const nameOf = ({ op, attrs }: Node): string => op.label?.(attrs) ?? op.name;

export class GroupLowering {
  private readonly emit: EmitContext;

  constructor(
    private readonly group: Group,
    private readonly context: LowerContext,
  ) {
    this.emit = { ...context, isMaterialised: context.fusion.isMaterialised };
  }

  /** The program of the members; with an anchor it starts from the anchor's result. */
  members(): Program {
    const { anchor, shape, members } = this.group;
    const emitter = new Emitter(shape, this.emit);
    if (anchor) emitter.startFrom(anchor);
    for (const node of members) emitter.member(node);
    const stored = (anchor ? [anchor, ...members] : members).filter((n) => this.context.isStored(n));
    const stores = stored.map(
      (n): Store => ({ output: this.context.valueOf(n), value: emitter.valueOfOwn(n) }),
    );
    return emitter.program(stores);
  }

  /** The fields that all kernels have. Its inputs are the operands in order, then every other loaded value once. */
  common(operands: readonly ValueId[], loads: readonly ValueId[] = []) {
    const { group, context } = this;
    const nodes = group.anchor ? [group.anchor, ...group.members] : group.members;
    const outputs = [...new Set(nodes.filter((n) => context.isStored(n)).map((n) => context.valueOf(n)))];
    const ops = opsIn(group, context.fusion);
    const touched = [...context.fusion.reads(group), ...nodes.filter((n) => context.isStored(n))];
    return {
      label: labelOf(ops),
      inputs: [...operands, ...new Set(loads.filter((v) => !operands.includes(v)))],
      outputs,
      flops: ops.reduce((sum, n) => sum + flopsOf(n), 0),
      bytes: touched.reduce((sum, n) => sum + 4 * sizeOf(n.shape), 0),
    };
  }

  /** The members as an epilogue, and what is common for a kernel that reads more. */
  epilogue(operands: readonly ValueId[], loads: readonly ValueId[] = []) {
    const epilogue = this.members();
    return { epilogue, ...this.common(operands, [...loads, ...valuesIn(epilogue.instrs)]) };
  }

  /** A program that computes the elements of the anchor's input, and the step that is the input. */
  prologue(input: Node): { readonly prologue: readonly Instr[]; readonly value: number } {
    const emitter = new Emitter(input.shape, this.emit);
    const value = emitter.input(input);
    return { prologue: emitter.program([]).instrs, value };
  }

  /** The matrix that a product reads, and how it lies in memory. */
  operand(node: Node, transposed: boolean): Operand {
    const [{ base, view }] = this.context.fusion.loads.get(node)!;
    invariant(isMatrixView(view), "a matmul operand must have rows");
    const [r, c] = [view.shape.length - 2, view.shape.length - 1];
    const [rows, columns] = [view.shape[r], view.shape[c]];
    // Elements of a row are adjacent, or else those of a column: then it is stored transposed.
    const rowWise = (columns === 1 || view.strides[c] === 1) && (rows === 1 || view.strides[r] >= columns);
    const rowStride = rowWise
      ? rows === 1
        ? columns
        : view.strides[r]
      : columns === 1
        ? rows
        : view.strides[c];
    return {
      input: this.context.valueOf(base),
      offset: view.offset,
      rowStride,
      transposed: transposed !== !rowWise,
      batchStrides: view.strides.slice(0, -2),
    };
  }

  /** A value for a result that nobody reads. */
  unused(size: number, dtype: DType): ValueId {
    return this.context.unused(size, dtype);
  }

  /** The dense values that a heavy kernel reads, in order. */
  inputValues(anchor: Node): ValueId[] {
    return anchor.inputs.map((i) => this.context.valueOf(this.context.fusion.loads.get(i)![0].base));
  }
}

export const valuesIn = (instrs: readonly Instr[]): ValueId[] =>
  instrs.flatMap((i) => (i.op === "load" ? [i.input] : []));
