/**
 * Direct 2-D convolution on NHWC maps as an indirect matrix product: a strip is any 4 pixels of the result, a term
 * one tap of the kernel, and its 4 rows of A are the source pixels under that tap. Nothing is unfolded or padded;
 * outside the source a row is a run of zeros (Dukhan, "The indirect convolution algorithm", 2019).
 *
 * The input gradient is the same product with the kernel transposed: for one residue of the pixel's position modulo
 * the stride, each tap reads the output gradient at a fixed offset (see the lowering).
 * With few channels a pixel's window is copied to one row instead (`Unfold`).
 *
 * Limit: padding is multiplied like any zero, so a kernel that holds infinities or NaN can make NaN of border pixels.
 */
import {
  isInterior, nextStrip, pointToTaps, startStrips, stripPixel, tapBytes, tapField, tapPixel,
} from "./convStrip";
import { PACKED_A, PACKED_B, prepareScratch, ZEROS } from "./gemmScratch";
import { termAt, setTerm } from "./gemmTable";
import { sweep } from "./gemmTile";
import { packPanels, packPanelsTransposed } from "./pack";
import { param } from "./param";
import { ConvParam } from "./params";
import { runProgram, runRows } from "./program";

/** Room behind an unfolded row. */
const COPY_SLACK: usize = 16;

export function conv(p: usize, chunk: i32, scratch: usize): void {
  const columnChunks = param(p, ConvParam.ColumnChunks), columns = param(p, ConvParam.Columns);
  const groups = param(p, ConvParam.Groups), perChunk = param(p, ConvParam.PixelsPerChunk);
  const j0 = (chunk % columnChunks) * param(p, ConvParam.ColumnsPerChunk);
  const j1 = min(columns, j0 + param(p, ConvParam.ColumnsPerChunk));
  const t0 = (chunk / columnChunks) * perChunk;
  const t1 = min(param(p, ConvParam.Pixels), t0 + perChunk);

  prepareScratch(scratch);
  for (let group = 0; group < groups; group++) convolve(p, group, t0, t1, j0, j1, scratch);

  // Only a grid that covers the result has an epilogue here: pixel t is then the result's pixel t.
  const program = <usize>param(p, ConvParam.Program);
  if (program == 0) return;
  const pitch = groups * columns;
  if (columnChunks == 1) runProgram(program, t0 * pitch, (t1 - t0) * pitch, scratch);
  else runRows(program, t0 * pitch + j0, j1 - j0, t1 - t0, pitch, scratch);
}

/** Columns [j0, j1) of one group for the grid's pixels [t0, t1). */
function convolve(p: usize, group: i32, t0: i32, t1: i32, j0: i32, j1: i32, scratch: usize): void {
  const taps = param(p, ConvParam.Taps), channels = param(p, ConvParam.Channels);
  const blockTaps = param(p, ConvParam.BlockTaps), blockChannels = param(p, ConvParam.BlockChannels);
  const blockColumns = param(p, ConvParam.BlockColumns);
  const sourceGroup = <usize>(group * channels) << 2;
  const resultGroup = <usize>(group * param(p, ConvParam.Columns)) << 2;
  for (let j = j0; j < j1; j += blockColumns) {
    const columns = min(blockColumns, j1 - j);
    const result = resultGroup + (<usize>j << 2);
    // A pixel that no tap reaches gets zeros: the empty sum runs once as well.
    let tap = 0;
    do {
      const tapEnd = min(taps, tap + blockTaps);
      for (let channel = 0; channel < channels; channel += blockChannels) {
        const depth = min(blockChannels, channels - channel);
        packKernel(p, group, tap, tapEnd, channel, depth, j, columns, scratch + PACKED_B);
        const source = sourceGroup + (<usize>channel << 2);
        sweepPixels(p, t0, t1, tap, tapEnd, source, depth, result, columns, tap + channel > 0, scratch);
      }
      tap = tapEnd;
    } while (tap < taps);
  }
}

/** Panels of the kernel's block: taps in list order, `depth` channels of each. */
function packKernel(
  p: usize, group: i32, tap: i32, tapEnd: i32, channel: i32, depth: i32, j: i32, columns: i32, panels: usize,
): void {
  const rowBytes = <usize>param(p, ConvParam.KernelRowBytes), tapBytes = <usize>param(p, ConvParam.KernelTapBytes);
  const isTransposed = param(p, ConvParam.KernelTransposed) != 0;
  const source = <usize>param(p, ConvParam.Kernel) + <usize>(group * param(p, ConvParam.KernelGroupBytes)) +
    (isTransposed
      ? <usize>j * rowBytes + (<usize>channel << 2)
      : <usize>channel * rowBytes + (<usize>j << 2));
  const panelBytes = <usize>((tapEnd - tap) * depth) << 5;
  for (; tap < tapEnd; tap++) {
    const from = source + <usize>tapField(p, tap, 0) * tapBytes;
    if (isTransposed) packPanelsTransposed(from, rowBytes, depth, columns, panels, panelBytes);
    else packPanels(from, rowBytes, depth, columns, panels, panelBytes);
    panels += <usize>depth << 5;
  }
}

/** Multiplies every strip of pixels with the packed block. */
function sweepPixels(
  p: usize, t0: i32, t1: i32, tap: i32, tapEnd: i32, source: usize, depth: i32,
  result: usize, columns: i32, accumulate: bool, scratch: usize,
): void {
  const unfold = param(p, ConvParam.Unfold) != 0;
  const panels = scratch + PACKED_B;
  const blockDepth = (tapEnd - tap) * depth;
  const panelBytes = <usize>blockDepth << 5;
  startStrips(p, t0, scratch);
  for (let t = t0; t < t1; t += 4) {
    const rows = min(4, t1 - t);
    nextStrip(p, rows, source, result, scratch);
    if (unfold) {
      unfoldPixels(p, rows, tap, tapEnd, depth, scratch);
      sweep<f32>(scratch, 1, blockDepth, panels, panelBytes, columns, accumulate);
    } else {
      const terms = pointToTaps(p, rows, tap, tapEnd, <usize>depth << 5, false, scratch);
      sweep<f32>(scratch, terms, depth, panels, panelBytes, columns, accumulate);
    }
  }
}

/** Copies the windows of the strip's pixels to 4 rows of scratch, which become the one term. */
function unfoldPixels(p: usize, rows: i32, tap: i32, tapEnd: i32, depth: i32, scratch: usize): void {
  const rowBytes = (<usize>((tapEnd - tap) * depth) << 2) + COPY_SLACK;
  const zeros = scratch + ZEROS, inside = isInterior(scratch);
  const r0 = scratch + PACKED_A, r1 = r0 + rowBytes, r2 = r1 + rowBytes, r3 = r2 + rowBytes;
  setTerm(termAt(scratch, 0), r0, r1, r2, r3, 0);
  const p0 = stripPixel(scratch, 0), p1 = stripPixel(scratch, 1);
  const p2 = stripPixel(scratch, 2), p3 = stripPixel(scratch, 3);
  let at: usize = 0;
  while (tap < tapEnd) {
    let taps = 1;
    if (inside) {
      taps = adjoiningTaps(p, tap, tapEnd, depth);
      const offset = tapBytes(p, tap), bytes = <usize>(taps * depth) << 2;
      copyWindow(r0 + at, p0 + offset, bytes);
      copyWindow(r1 + at, p1 + offset, bytes);
      copyWindow(r2 + at, p2 + offset, bytes);
      copyWindow(r3 + at, p3 + offset, bytes);
    } else {
      const bytes = <usize>depth << 2;
      copyWindow(r0 + at, tapPixel(p, scratch, 0, tap, zeros), bytes);
      copyWindow(r1 + at, rows > 1 ? tapPixel(p, scratch, 1, tap, zeros) : zeros, bytes);
      copyWindow(r2 + at, rows > 2 ? tapPixel(p, scratch, 2, tap, zeros) : zeros, bytes);
      copyWindow(r3 + at, rows > 3 ? tapPixel(p, scratch, 3, tap, zeros) : zeros, bytes);
    }
    tap += taps;
    at += <usize>(taps * depth) << 2;
  }
}

/** How many taps from `tap` on lie one pixel behind the other, where a pixel is the `depth` channels and no more. */
function adjoiningTaps(p: usize, tap: i32, tapEnd: i32, depth: i32): i32 {
  const first = tap;
  if (param(p, ConvParam.SourcePixelBytes) != depth << 2) return 1;
  const y = tapField(p, tap, 1), x = tapField(p, tap, 2);
  do tap++; while (tap < tapEnd && tapField(p, tap, 1) == y && tapField(p, tap, 2) == x + tap - first);
  return tap - first;
}

/** Copies by whole vectors: up to 12 bytes more, which are overwritten or in the slack behind a row. */
// @ts-ignore: decorator
@inline
function copyWindow(to: usize, from: usize, bytes: usize): void {
  for (const end = to + bytes; to < end; to += 16, from += 16) v128.store(to, v128.load(from));
}
