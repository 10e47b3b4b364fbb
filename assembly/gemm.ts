/**
 * Matrix product C = A · B in float32, batched, either operand possibly stored transposed.
 *
 * A chunk is a block of rows × columns × depth of a few matrices. It walks blocks of B that fit a cache, packs each
 * into panels once and sweeps strips of 4 rows of A over it (Goto and van de Geijn, "Anatomy of high-performance
 * matrix multiplication", 2008, with A left where it is). Each thread packs for itself: with a hundred rows or more to a
 * chunk that costs 1–3%, and saves a barrier and a packed copy of B.
 */
import { packRecords } from "./columnEpilogue";
import { PACKED_A, PACKED_B, prepareScratch, RECORDS, SPARE_ROW, ZEROS } from "./gemmScratch";
import { MAX_STRIPS } from "./limits";
import { termAt, setTerm, setResultRow } from "./gemmTable";
import { sweep } from "./gemmTile";
import { packColumns, packPanels, packPanelsTransposed } from "./pack";
import { batchOffset, param } from "./param";
import { GemmParam } from "./matmulParams";
import { runProgram, runRows } from "./program";

export function gemm(p: usize, chunk: i32, scratch: usize): void {
  const rows = param(p, GemmParam.Rows), columns = param(p, GemmParam.Columns);
  const rowChunks = param(p, GemmParam.RowChunks), columnChunks = param(p, GemmParam.ColumnChunks);
  const matrixChunks = param(p, GemmParam.MatrixChunks), matrices = param(p, GemmParam.Matrices);

  const i0 = (chunk % rowChunks) * param(p, GemmParam.RowsPerChunk);
  const i1 = min(rows, i0 + param(p, GemmParam.RowsPerChunk));
  chunk /= rowChunks;
  const j0 = (chunk % columnChunks) * param(p, GemmParam.ColumnsPerChunk);
  const j1 = min(columns, j0 + param(p, GemmParam.ColumnsPerChunk));
  chunk /= columnChunks;
  const b0 = (chunk % matrixChunks) * param(p, GemmParam.MatricesPerChunk);
  const b1 = min(matrices, b0 + param(p, GemmParam.MatricesPerChunk));
  const part = chunk / matrixChunks;
  const k0 = part * param(p, GemmParam.DepthPerChunk);
  const k1 = min(param(p, GemmParam.Depth), k0 + param(p, GemmParam.DepthPerChunk));

  prepareScratch(scratch);
  const program = <usize>param(p, GemmParam.Program);
  for (let matrix = b0; matrix < b1; matrix++) {
    const c = <usize>param(p, GemmParam.C) + (<usize>(part * matrices + matrix) * rows * columns << 2);
    multiply(p, matrix, c, i0, i1, j0, j1, k0, k1, scratch);
    if (program != 0) {
      const first = matrix * rows * columns;
      if (j1 - j0 == columns) runProgram(program, first + i0 * columns, (i1 - i0) * columns, scratch);
      else runRows(program, first + i0 * columns + j0, j1 - j0, i1 - i0, columns, scratch);
    }
  }
}

/** The block [i0, i1) × [j0, j1) of one matrix of C, summed over the depth [k0, k1). */
function multiply(
  p: usize, matrix: i32, c: usize,
  i0: i32, i1: i32, j0: i32, j1: i32, k0: i32, k1: i32, scratch: usize,
): void {
  const a = <usize>param(p, GemmParam.A) + batchOffset(p, GemmParam.Rank, matrix, 1);
  const b = <usize>param(p, GemmParam.B) + batchOffset(p, GemmParam.Rank, matrix, 2);
  const aRowBytes = <usize>param(p, GemmParam.ARowBytes), bRowBytes = <usize>param(p, GemmParam.BRowBytes);
  const aTransposed = param(p, GemmParam.ATransposed) != 0, bTransposed = param(p, GemmParam.BTransposed) != 0;
  const cRowBytes = <usize>param(p, GemmParam.Columns) << 2;
  const blockColumns = param(p, GemmParam.BlockColumns), blockDepth = param(p, GemmParam.BlockDepth);
  const panels = scratch + PACKED_B, records = scratch + RECORDS;
  const epilogue = <usize>param(p, GemmParam.ColumnEpilogue);

  for (let j = j0; j < j1; j += blockColumns) {
    const columns = min(blockColumns, j1 - j);
    if (epilogue != 0) packRecords(epilogue, j, columns, records);
    // An empty sum runs once as well: it writes zeros.
    let k = k0;
    do {
      const depth = min(blockDepth, k1 - k);
      const panelBytes = <usize>depth << 5;
      const finish = epilogue != 0 && k + blockDepth >= k1 ? records : 0;
      if (bTransposed) {
        packPanelsTransposed(b + <usize>j * bRowBytes + (<usize>k << 2), bRowBytes, depth, columns, panels, panelBytes);
      } else {
        packPanels(b + <usize>k * bRowBytes + (<usize>j << 2), bRowBytes, depth, columns, panels, panelBytes);
      }
      for (let i = i0; i < i1; i += 4) {
        const rows = min(4, i1 - i);
        const result = c + <usize>i * cRowBytes + (<usize>j << 2);
        for (let r = 0; r < 4; r++) {
          setResultRow(scratch, r, r < rows ? result + <usize>r * cRowBytes : scratch + SPARE_ROW);
        }
        let source = a + <usize>i * aRowBytes + (<usize>k << 2), step = aRowBytes;
        if (aTransposed) {
          const strip = ((i - i0) >> 2) % MAX_STRIPS;
          step = <usize>(depth + 3 & ~3) << 2;
          if (strip == 0) {
            source = a + <usize>k * aRowBytes + (<usize>i << 2);
            packColumns(source, aRowBytes, depth, min(4 * MAX_STRIPS, i1 - i), scratch + PACKED_A, step);
          }
          source = scratch + PACKED_A + <usize>(strip << 2) * step;
        }
        pointToRows(scratch, source, step, rows);
        sweep<f32>(scratch, i32(depth > 0), depth, panels, panelBytes, columns, k > k0, finish);
      }
      k += blockDepth;
    } while (k < k1);
  }
}

function pointToRows(scratch: usize, a: usize, rowBytes: usize, rows: i32): void {
  const zeros = scratch + ZEROS;
  setTerm(
    termAt(scratch, 0),
    a,
    rows > 1 ? a + rowBytes : zeros,
    rows > 2 ? a + 2 * rowBytes : zeros,
    rows > 3 ? a + 3 * rowBytes : zeros,
    0,
  );
}
