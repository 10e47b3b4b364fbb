/** Turns a fusion group into the kernels that a backend compiles. */
import type { DType } from "../base/dtype.ts";
import { invariant } from "../base/errors.ts";
import { rowMajor, type Shape, sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Kernel, Operand, Program, SortKernel, Store, ValueId, Window2d } from "../kernel/types.ts";
import type { GatherAttrs } from "../ops/indexing.ts";
import type { MatmulAttrs } from "../ops/matmul.ts";
import type { ReduceName } from "../ops/reduce.ts";
import { type EmitContext, Emitter } from "./emit.ts";
import type { Fusion, Group } from "./fuse.ts";
import { isMatrixView, moveView } from "./materialise.ts";

export interface LowerContext extends Omit<EmitContext, "moveView" | "isMaterialised"> {
  readonly fusion: Fusion;
  /** Nodes whose values are kept in memory. */
  readonly isStored: (node: Node) => boolean;
  /** A value for a result that nobody reads. */
  readonly unused: (size: number, dtype: DType) => ValueId;
}

/** The kernels of one group, in execution order. */
export function lower(group: Group, context: LowerContext): Kernel[] {
  if (group.anchor?.op.name === "concat") return concat(group, group.anchor, context);
  return [new Lowering(group, context).kernel()];
}

const flopsOf = (node: Node): number => node.op.flops?.(node) ?? sizeOf(node.shape);

/** Every op that runs inside a group, the unmaterialised ones included. */
function opsIn(group: Group, fusion: Fusion): Node[] {
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
function labelOf(ops: readonly Node[]): string {
  const named = ops.filter((n) => n.op.kind !== "movement" && n.op.kind !== "scalar").map(nameOf);
  if (named.length === 0) return ops.find((n) => n.op.kind === "movement") ? "contiguous" : "fill";
  return named.length <= 6 ? named.join("+") : `${named.slice(0, 5).join("+")}+${named.length - 5} more`;
}

function nameOf(node: Node): string {
  const { op } = (node.attrs ?? {}) as { op?: string };
  if (node.op.name === "reduce") return op!;
  return op ? `${op}${node.op.name[0].toUpperCase()}${node.op.name.slice(1)}` : node.op.name;
}

class Lowering {
  private readonly emit: EmitContext;

  constructor(
    private readonly group: Group,
    private readonly context: LowerContext,
  ) {
    this.emit = { ...context, moveView, isMaterialised: context.fusion.isMaterialised };
  }

  kernel(): Kernel {
    const { anchor, shape } = this.group;
    if (!anchor) {
      const program = this.members();
      return { kind: "map", shape, program, ...this.base([], valuesIn(program)) };
    }
    switch (anchor.op.kind) {
      case "reduce":
        return this.reduce(anchor);
      case "composite":
        return this.softmax(anchor);
      default:
        return this.heavy(anchor);
    }
  }

  /** The program of the members; with an anchor it starts from the anchor's result. */
  private members(): Program {
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

  /** `operands` keep their places; of what programs load, each value is listed once. */
  private base(operands: readonly ValueId[], loads: readonly ValueId[] = []) {
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

  private reduce(anchor: Node): Kernel {
    const { op, axes } = anchor.attrs as { op: ReduceName; axes: readonly number[] };
    const [x] = anchor.inputs;
    const prologue = new Emitter(x.shape, this.emit);
    const value = prologue.input(x);
    const epilogue = this.members();
    const before = prologue.program([]);
    return {
      kind: "reduce",
      op,
      dtype: anchor.dtype,
      shape: x.shape,
      axes,
      prologue: before.instrs,
      value,
      epilogue,
      ...this.base([], [...valuesIn(before), ...valuesIn(epilogue)]),
    };
  }

  private softmax(anchor: Node): Kernel {
    const length = anchor.shape[anchor.shape.length - 1];
    const rows = length === 0 ? 0 : sizeOf(anchor.shape) / length;
    return {
      kind: "softmax",
      log: anchor.op.name === "logSoftmax",
      rows,
      length,
      ...this.base(this.inputValues(anchor)),
    };
  }

  private heavy(anchor: Node): Kernel {
    const { name } = anchor.op;
    switch (name) {
      case "matmul":
        return this.matmul(anchor);
      case "conv":
      case "convInputGrad":
      case "convWeightGrad": {
        const epilogue = this.members();
        const window = anchor.attrs as Window2d;
        return {
          kind: name,
          window,
          epilogue,
          ...this.base(this.inputValues(anchor), valuesIn(epilogue)),
        };
      }
      case "pool":
      case "poolGrad":
      case "poolTake": {
        const epilogue = this.members();
        const { op, window } = anchor.attrs as { op: "max" | "sum"; window: Window2d };
        return {
          kind: name,
          op,
          window,
          epilogue,
          ...this.base(this.inputValues(anchor), valuesIn(epilogue)),
        };
      }
      case "gather":
      case "scatter":
      case "scatterAdd":
        return this.indexing(anchor, name);
      default:
        return this.alongAxis(anchor);
    }
  }

  private matmul(anchor: Node): Kernel {
    const { transposeA, transposeB } = anchor.attrs as MatmulAttrs;
    const [a, b] = anchor.inputs;
    const batch = anchor.shape.slice(0, -2);
    const [m, n] = anchor.shape.slice(-2);
    const epilogue = this.members();
    return {
      kind: "matmul",
      dtype: anchor.dtype,
      batch,
      m,
      n,
      k: a.shape[a.shape.length - (transposeA ? 2 : 1)],
      a: this.operand(a, transposeA),
      b: this.operand(b, transposeB),
      epilogue,
      ...this.base(this.inputValues(anchor), valuesIn(epilogue)),
    };
  }

  private operand(node: Node, transposed: boolean): Operand {
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

  private indexing(anchor: Node, kind: "gather" | "scatter" | "scatterAdd"): Kernel {
    const { axis, along } = anchor.attrs as GatherAttrs;
    const [x, indices] = anchor.inputs;
    const count = along ? indices.shape[axis] : sizeOf(indices.shape);
    const split = axisSplit(x.shape, axis);
    return { kind, dtype: x.dtype, along, count, ...split, ...this.base(this.inputValues(anchor)) };
  }

  private alongAxis(anchor: Node): Kernel {
    const [x] = anchor.inputs;
    const { axis } = anchor.attrs as { axis: number };
    const common = { dtype: x.dtype, ...axisSplit(x.shape, axis), ...this.base(this.inputValues(anchor)) };
    switch (anchor.op.name) {
      case "argReduce":
        return { kind: "argReduce", op: (anchor.attrs as { op: "max" | "min" }).op, ...common };
      case "cumulative": {
        const { op, reverse } = anchor.attrs as { op: "sum" | "prod"; reverse: boolean };
        return { kind: "cumulative", op, reverse, ...common };
      }
      default:
        invariant(anchor.op.name === "argSort", `${anchor.op.name} has no kernel`);
        return this.sort(anchor, common);
    }
  }

  /** The kernel sorts values and indices together; argSort keeps the indices. */
  private sort(anchor: Node, common: Omit<SortKernel, "kind" | "descending">): Kernel {
    const { descending } = anchor.attrs as { descending: boolean };
    const values = this.context.unused(sizeOf(anchor.shape), common.dtype);
    return { kind: "sort", descending, ...common, outputs: [values, ...common.outputs] };
  }

  /** The dense values that a heavy kernel reads, in order. */
  private inputValues(anchor: Node): ValueId[] {
    return anchor.inputs.map((i) => this.context.valueOf(this.context.fusion.loads.get(i)![0].base));
  }
}

function axisSplit(shape: Shape, axis: number): { outer: number; length: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}

function valuesIn(program: Program): ValueId[] {
  return program.instrs.flatMap((i) => (i.op === "load" ? [i.input] : []));
}

/** One map per part, each writing its window of the output. */
function concat(group: Group, anchor: Node, context: LowerContext): Kernel[] {
  const { axis } = anchor.attrs as { axis: number };
  const strides = rowMajor(anchor.shape);
  let at = 0;
  return anchor.inputs.flatMap((part): Kernel[] => {
    const offset = at * strides[axis];
    at += part.shape[axis];
    if (sizeOf(part.shape) === 0) return [];
    const emitter = new Emitter(part.shape, {
      ...context,
      moveView,
      isMaterialised: context.fusion.isMaterialised,
    });
    const value = emitter.input(part);
    const output = context.valueOf(anchor);
    const program = emitter.program([{ output, value, map: { offset, strides } }]);
    const bytes = 8 * sizeOf(part.shape);
    const ops = opsIn(group, context.fusion);
    return [
      {
        kind: "map",
        shape: part.shape,
        program,
        label: labelOf(ops),
        inputs: [...new Set(valuesIn(program))],
        outputs: [output],
        flops: 0,
        bytes,
      },
    ];
  });
}
