/**
 * Reductions whose input is a tile program over [outer, length, inner]. Sums are blocked: over tiles and lanes of a
 * vector in rows, over RUN tiles in columns, and over the parts of a long length, which are joined in index order.
 */
import { ReduceParam, ReducePartsParam } from "./arrayParams";
import { copyRun } from "./access";
import { TILE } from "./opcodes";
import { param } from "./param";
import { KERNEL_SCRATCH, prepare, result, runProgram, runTile } from "./program";
import { addRun, clearTotals, foldTotal, joinTotals } from "./reductions";

/** Tiles that are added up in columns before they go to the total. */
const RUN = 32;
const TOTALS: usize = TILE * 4 + 64;

/** inner = 1: the elements of a row lie behind each other. */
export function reduceRows(p: usize, chunk: i32, scratch: usize): void {
  const reduction = param(p, ReduceParam.Reduction);
  const prologue = <usize>param(p, ReduceParam.Prologue);
  const outer = param(p, ReduceParam.Outer), length = param(p, ReduceParam.Length);
  const block = param(p, ReduceParam.Block), blocks = param(p, ReduceParam.Blocks);
  const part = chunk / blocks;
  const row0 = (chunk - part * blocks) * block, row1 = min(row0 + block, outer);
  const from = part * param(p, ReduceParam.LengthPerPart);
  const to = min(from + param(p, ReduceParam.LengthPerPart), length);
  const output = <usize>param(p, ReduceParam.Result) + (<usize>(part * outer) << 2);
  const total = scratch + KERNEL_SCRATCH;

  const registers = prepare(prologue, scratch);
  if (from == 0 && to == length && length > 0 && length <= TILE) {
    const rows = TILE / length;
    for (let row = row0; row < row1; row += rows) {
      const count = min(rows, row1 - row);
      runTile(prologue, row * length, count * length, registers);
      let values = result(prologue, registers);
      for (let i = 0; i < count; i++, values += length << 2) {
        clearTotals(reduction, total, 4);
        addRun(reduction, total, values, length);
        foldTotal(reduction, output + (<usize>(row + i) << 2), total);
      }
    }
  } else {
    for (let row = row0; row < row1; row++) {
      clearTotals(reduction, total, 4);
      for (let i = from; i < to; i += TILE) {
        const count = min(TILE, to - i);
        runTile(prologue, row * length + i, count, registers);
        addRun(reduction, total, result(prologue, registers), count);
      }
      foldTotal(reduction, output + (<usize>row << 2), total);
    }
  }
  const epilogue = <usize>param(p, ReduceParam.Epilogue);
  if (epilogue) runProgram(epilogue, row0, row1 - row0, scratch);
}

/**
 * inner > 1: whole rows of columns are added element by element. Where several rows fit a tile they are one long
 * row, folded at the end.
 */
export function reduceColumns(p: usize, chunk: i32, scratch: usize): void {
  const reduction = param(p, ReduceParam.Reduction);
  const prologue = <usize>param(p, ReduceParam.Prologue);
  const outer = param(p, ReduceParam.Outer), length = param(p, ReduceParam.Length);
  const inner = param(p, ReduceParam.Inner);
  const block = param(p, ReduceParam.Block), blocks = param(p, ReduceParam.Blocks);
  const column = (chunk % blocks) * block, width = min(block, inner - column);
  const row = chunk / blocks % outer, part = chunk / blocks / outer;
  const from = part * param(p, ReduceParam.LengthPerPart);
  const to = min(from + param(p, ReduceParam.LengthPerPart), length);
  const first = row * inner + column;
  const output = <usize>param(p, ReduceParam.Result) + (<usize>(part * outer * inner + first) << 2);

  const rows = blocks > 1 ? 1 : TILE / inner;
  const wide = rows * width;
  const totals = scratch + KERNEL_SCRATCH, sums = totals + TOTALS;
  clearTotals(reduction, totals, wide);
  const registers = prepare(prologue, scratch);
  for (let i = from; i < to;) {
    clearTotals(reduction, sums, wide);
    for (let run = 0; run < RUN && i < to; run++, i += rows) {
      const count = min(rows, to - i) * width;
      runTile(prologue, (row * length + i) * inner + column, count, registers);
      joinTotals(reduction, sums, result(prologue, registers), count);
    }
    joinTotals(reduction, totals, sums, wide);
  }
  for (let i = 1; i < rows; i++) joinTotals(reduction, totals, totals + (<usize>(i * width) << 2), width);
  copyRun(output, totals, width);

  const epilogue = <usize>param(p, ReduceParam.Epilogue);
  if (epilogue) runProgram(epilogue, first, width, scratch);
}

export function reduceParts(p: usize, chunk: i32, scratch: usize): void {
  const reduction = param(p, ReducePartsParam.Reduction);
  const size = param(p, ReducePartsParam.Size), parts = param(p, ReducePartsParam.Parts);
  const start = chunk * param(p, ReducePartsParam.SizePerChunk);
  const count = min(param(p, ReducePartsParam.SizePerChunk), size - start);
  const output = <usize>param(p, ReducePartsParam.Result) + (<usize>start << 2);
  let source = <usize>param(p, ReducePartsParam.Source) + (<usize>start << 2);
  copyRun(output, source, count);
  for (let part = 1; part < parts; part++) {
    source += <usize>size << 2;
    joinTotals(reduction, output, source, count);
  }
  const epilogue = <usize>param(p, ReducePartsParam.Epilogue);
  if (epilogue) runProgram(epilogue, start, count, scratch);
}
