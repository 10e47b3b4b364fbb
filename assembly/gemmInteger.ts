/** Matrix product of int32 or uint32 (the low 32 bits are the same), in the plain slow form. */
import { batchOffset, param } from "./param";
import { GemmParam } from "./matmulParams";
import { runProgram } from "./program";

/** A chunk is a range of rows of one matrix. */
export function gemmInteger(p: usize, chunk: i32, scratch: usize): void {
  const rows = param(p, GemmParam.Rows), columns = param(p, GemmParam.Columns), depth = param(p, GemmParam.Depth);
  const matrix = chunk / param(p, GemmParam.RowChunks);
  const i0 = (chunk % param(p, GemmParam.RowChunks)) * param(p, GemmParam.RowsPerChunk);
  const i1 = min(rows, i0 + param(p, GemmParam.RowsPerChunk));
  const a = <usize>param(p, GemmParam.A) + batchOffset(p, GemmParam.Rank, matrix, 1);
  const b = <usize>param(p, GemmParam.B) + batchOffset(p, GemmParam.Rank, matrix, 2);
  const aRowBytes = <usize>param(p, GemmParam.ARowBytes), bRowBytes = <usize>param(p, GemmParam.BRowBytes);
  const aTransposed = param(p, GemmParam.ATransposed) != 0, bTransposed = param(p, GemmParam.BTransposed) != 0;
  const aStepI = aTransposed ? <usize>4 : aRowBytes, aStepK = aTransposed ? aRowBytes : <usize>4;
  const bStepJ = bTransposed ? bRowBytes : <usize>4, bStepK = bTransposed ? <usize>4 : bRowBytes;

  const first = matrix * rows * columns;
  let c = <usize>param(p, GemmParam.C) + (<usize>(first + i0 * columns) << 2);
  for (let i = i0; i < i1; i++) {
    for (let j = 0; j < columns; j++) {
      let x = a + <usize>i * aStepI, y = b + <usize>j * bStepJ, sum = 0;
      for (let k = 0; k < depth; k++) {
        sum += load<i32>(x) * load<i32>(y);
        x += aStepK;
        y += bStepK;
      }
      store<i32>(c, sum);
      c += 4;
    }
  }
  const program = <usize>param(p, GemmParam.Program);
  if (program != 0) runProgram(program, first + i0 * columns, (i1 - i0) * columns, scratch);
}
