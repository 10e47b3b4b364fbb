/**
 * Reductions: the space is brought to [outer, length, inner], where the middle is reduced. It keeps its order if the
 * reduced axes lie together, else the reduced axes move behind the kept ones (before a trailing kept run, so that
 * loads stay contiguous). A long length with few outputs is cut into parts.
 */
import { ReduceParam, ReducePartsParam } from "../../../../assembly/arrayParams.ts";
import { Kernel } from "../../../../assembly/kernels.ts";
import { Reduction, TILE } from "../../../../assembly/opcodes.ts";
import type { DType } from "../../../base/dtype.ts";
import { reduceShape, type Shape, sizeOf } from "../../../base/shape.ts";
import type { Affine, Instr, ReduceKernel, ReduceOp, View } from "../../../kernel/types.ts";
import type { Command, WorkspaceAddress } from "../command.ts";
import { encodeProgram } from "../encode.ts";
import type { LowerContext } from "./context.ts";
import { elementsPerChunk } from "./map.ts";
import { parameters } from "./parameters.ts";
import { MAX_PARTIALS, type RawResult, rawResult } from "./rawResult.ts";

/** Below this many elements per outer row, columns cost more to start than they save. */
const MIN_COLUMNS_SIZE = 64;

const FLOAT = { sum: Reduction.SumF, prod: Reduction.ProdF, max: Reduction.MaxF, min: Reduction.MinF };
const INT = { sum: Reduction.SumI, prod: Reduction.ProdI, max: Reduction.MaxI, min: Reduction.MinI };
const UINT = { ...INT, max: Reduction.MaxU, min: Reduction.MinU };
const REDUCTIONS: Record<DType, Record<ReduceOp, Reduction>> = {
  float32: FLOAT,
  int32: INT,
  uint32: UINT,
  bool: { ...UINT, min: Reduction.All },
};

interface Arrangement {
  /** The axes of the space in the order they are walked. */
  readonly order: readonly number[];
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

export function lowerReduce(kernel: ReduceKernel, context: LowerContext): Command[] {
  const to = rawResult(kernel, reduceShape(kernel.shape, kernel.axes), kernel.dtype, context);
  if (to.size === 0) return [];
  const arrangement = arrange(kernel.shape, kernel.axes, minColumns(context));
  const prologue = encodeProgram({
    instrs: kernel.prologue.map((instr) => permuteInstr(instr, arrangement.order)),
    stores: [],
    shape: arrangement.order.map((axis) => kernel.shape[axis]),
    result: kernel.value,
  });
  const reduction = REDUCTIONS[kernel.dtype][kernel.op];
  const { block, blocks, chunks, parts } = cut(
    arrangement,
    elementsPerChunk(prologue.cost + 1, context),
    context,
  );
  const { outer, length, inner } = arrangement;
  const partials = parts > 1 ? context.workspace(parts * to.size * 4) : undefined;
  const effects = {
    reads: kernel.inputs,
    writes: kernel.outputs,
    usesWorkspace: to.usesWorkspace || partials !== undefined,
  };
  const first: Command = {
    kernel: inner === 1 ? Kernel.ReduceRows : Kernel.ReduceColumns,
    chunks: chunks * parts,
    params: parameters(ReduceParam, {
      Reduction: reduction,
      Prologue: prologue,
      Epilogue: partials ? 0 : to.program,
      Result: partials ?? to.address,
      Outer: outer,
      Length: length,
      Inner: inner,
      Block: block,
      Blocks: blocks,
      LengthPerPart: Math.ceil(length / parts),
    }),
    ...effects,
  };
  if (!partials) return [first];
  return [first, { ...joinParts(reduction, to, partials, parts, context), ...effects }];
}

function joinParts(
  reduction: Reduction,
  to: RawResult,
  partials: WorkspaceAddress,
  parts: number,
  context: LowerContext,
) {
  const sizePerChunk = elementsPerChunk(parts, context);
  return {
    kernel: Kernel.ReduceParts,
    chunks: Math.ceil(to.size / sizePerChunk),
    params: parameters(ReducePartsParam, {
      Reduction: reduction,
      Epilogue: to.program,
      Source: partials,
      Result: to.address,
      Parts: parts,
      Size: to.size,
      SizePerChunk: sizePerChunk,
    }),
  };
}

/** Chunks of about `work` elements, fixed by the shape. */
function cut({ outer, length, inner }: Arrangement, work: number, { grain }: LowerContext) {
  const isRows = inner === 1;
  const block = isRows ? Math.max(1, Math.floor(work / Math.max(1, length))) : Math.min(inner, grain(TILE));
  const blocks = Math.ceil((isRows ? outer : inner) / block);
  const chunks = isRows ? blocks : blocks * outer;
  const wanted = Math.floor((outer * length * inner) / work / chunks);
  const parts = chunks >= MAX_PARTIALS ? 1 : Math.min(wanted, Math.floor(MAX_PARTIALS / chunks));
  // Parts of equal length; the last may be shorter, never empty.
  const perPart = Math.ceil(length / Math.max(1, parts));
  return { block, blocks, chunks, parts: Math.max(1, Math.ceil(length / Math.max(1, perPart))) };
}

function minColumns({ choices: { reduce } }: LowerContext): number {
  return reduce === "rows" ? Infinity : reduce === "columns" ? 0 : MIN_COLUMNS_SIZE;
}

/** With columns where what lies behind the reduced axes and they are `minColumns` elements. */
function arrange(shape: Shape, axes: readonly number[], minColumns: number): Arrangement {
  const all = shape.map((_, axis) => axis);
  const isReduced = (axis: number): boolean => axes.includes(axis);
  const sizeOver = (list: readonly number[]): number => sizeOf(list.map((axis) => shape[axis]));
  const kept = all.filter((axis) => !isReduced(axis));
  const reduced = all.filter(isReduced);
  const length = sizeOver(reduced);
  // Nothing to add up: one row of columns.
  if (length <= 1) return { order: [...reduced, ...kept], outer: 1, length, inner: sizeOver(kept) };

  const wide = all.filter((axis) => shape[axis] !== 1);
  const narrow = all.filter((axis) => shape[axis] === 1);
  const lastReduced = wide.findLastIndex(isReduced);
  const trailing = wide.slice(lastReduced + 1);
  const inner = sizeOver(trailing);
  const leading = wide.slice(0, lastReduced + 1).filter((axis) => !isReduced(axis));
  const order = [...narrow, ...leading, ...wide.filter(isReduced), ...trailing];
  if (inner > 1 && length * inner >= minColumns) {
    return { order, outer: sizeOver(leading), length, inner };
  }
  return {
    order: [...narrow, ...leading, ...trailing, ...wide.filter(isReduced)],
    outer: sizeOver(kept),
    length,
    inner: 1,
  };
}

function permuteInstr(instr: Instr, order: readonly number[]): Instr {
  if (instr.op === "load") return { ...instr, view: permute(instr.view, order) };
  if (instr.op === "index" || instr.op === "random") return { ...instr, map: permute(instr.map, order) };
  return instr;
}

function permute(view: View, order: readonly number[]): View;
function permute(view: Affine, order: readonly number[]): Affine;
function permute(view: View, order: readonly number[]): View {
  const strides = order.map((axis) => view.strides[axis]);
  if (!view.bounds) return { offset: view.offset, strides };
  const ranges = order.map((axis) => view.bounds!.ranges[axis]);
  return { offset: view.offset, strides, bounds: { ranges, fill: view.bounds.fill } };
}
