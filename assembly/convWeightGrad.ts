/**
 * Gradient of a 2-D convolution with respect to its kernel: for each group the product of x, unfolded and transposed,
 * [taps · channels, pixels], with dy, [pixels, output channels]. Both are packed block by block, so that nothing is
 * unfolded in memory.
 *
 * The sum runs over all pixels of the batch. It is cut into fixed ranges of pixels whose partial sums a later command
 * adds up in order (finish.ts).
 */
import { PACKED_A, PACKED_B, prepareScratch, SPARE_ROW } from "./gemmScratch";
import { termAt, setTerm, setResultRow } from "./gemmTable";
import { sweep } from "./gemmTile";
import { packPanels } from "./pack";
import { param } from "./param";
import { ConvWeightGradParam, WindowParam } from "./params";

export function convWeightGrad(p: usize, chunk: i32, scratch: usize): void {
  const inChannels = param(p, WindowParam.InChannels), outChannels = param(p, WindowParam.OutChannels);
  const groups = param(p, ConvWeightGradParam.Groups);
  const taps = param(p, WindowParam.KernelHeight) * param(p, WindowParam.KernelWidth);
  const rows = taps * (inChannels / groups), columns = outChannels / groups;
  const pixels = param(p, WindowParam.Batch) * param(p, WindowParam.OutHeight) * param(p, WindowParam.OutWidth);
  const rowChunks = param(p, ConvWeightGradParam.RowChunks), perRowChunk = param(p, ConvWeightGradParam.RowsPerChunk);
  const columnChunks = param(p, ConvWeightGradParam.ColumnChunks);
  const perColumnChunk = param(p, ConvWeightGradParam.ColumnsPerChunk);
  const perPartial = param(p, ConvWeightGradParam.PixelsPerPartial);

  const i0 = (chunk % rowChunks) * perRowChunk;
  chunk /= rowChunks;
  const j0 = (chunk % columnChunks) * perColumnChunk;
  const partial = chunk / columnChunks;
  const t0 = partial * perPartial;
  const result = <usize>param(p, ConvWeightGradParam.Result) + (<usize>(partial * rows * outChannels) << 2);

  prepareScratch(scratch);
  for (let group = 0; group < groups; group++) {
    product(
      p, group, result, i0, min(rows, i0 + perRowChunk), j0, min(columns, j0 + perColumnChunk),
      t0, min(pixels, t0 + perPartial), scratch,
    );
  }
}

/** Rows [i0, i1) × columns [j0, j1) of one group, summed over the pixels [t0, t1). */
function product(
  p: usize, group: i32, result: usize, i0: i32, i1: i32, j0: i32, j1: i32, t0: i32, t1: i32, scratch: usize,
): void {
  const blockDepth = param(p, ConvWeightGradParam.BlockDepth);
  const groups = param(p, ConvWeightGradParam.Groups), outChannels = param(p, WindowParam.OutChannels);
  const channels = param(p, WindowParam.InChannels) / groups;
  const firstColumn = <usize>(group * (outChannels / groups) + j0) << 2;
  const rowBytes = <usize>outChannels << 2;
  const dy = <usize>param(p, ConvWeightGradParam.Dy) + firstColumn;
  const x = <usize>param(p, ConvWeightGradParam.X) + (<usize>(group * channels) << 2);
  const panels = scratch + PACKED_B, a = scratch + PACKED_A;
  result += firstColumn;
  setTerm(termAt(scratch, 0), a, a + 4, a + 8, a + 12, 0);

  let t = t0;
  do {
    const depth = min(blockDepth, t1 - t);
    const panelBytes = <usize>depth << 5;
    packPanels(dy + <usize>t * rowBytes, rowBytes, depth, j1 - j0, panels, panelBytes);
    for (let i = i0; i < i1; i += 4) {
      const rows = min(4, i1 - i);
      for (let r = 0; r < 4; r++) {
        setResultRow(scratch, r, r < rows ? result + <usize>(i + r) * rowBytes : scratch + SPARE_ROW);
      }
      if ((channels & 3) == 0) packRun<v128>(p, x, channels, i, t, depth, a);
      else {
        // Rows past the end repeat the last one and are written to the spare row.
        for (let r = 0; r < 4; r++) packRun<f32>(p, x, channels, i + min(r, rows - 1), t, depth, a + (<usize>r << 2));
      }
      sweep<v128>(scratch, i32(depth > 0), depth, panels, panelBytes, j1 - j0, t > t0);
    }
    t += depth;
  } while (t < t1);
}

/**
 * What row `row` (tap, channel) reads of x for the pixels [t, t + depth), at steps of 16 bytes; with T = v128 four rows
 * at once, which are channels of one tap. Zeros where the tap lies outside.
 */
function packRun<T>(p: usize, x: usize, channels: i32, row: i32, t: i32, depth: i32, to: usize): void {
  const outWidth = param(p, WindowParam.OutWidth), outHeight = param(p, WindowParam.OutHeight);
  const inWidth = param(p, WindowParam.InWidth), inHeight = param(p, WindowParam.InHeight);
  const strideX = param(p, WindowParam.StrideX);
  const pixelBytes = <usize>param(p, WindowParam.InChannels) << 2;
  const tap = row / channels, kernelWidth = param(p, WindowParam.KernelWidth);
  const dy = (tap / kernelWidth) * param(p, WindowParam.DilationY) - param(p, WindowParam.Top);
  const dx = (tap % kernelWidth) * param(p, WindowParam.DilationX) - param(p, WindowParam.Left);
  // Outputs [low, high) of a row have this tap inside.
  const low = dx < 0 ? min(outWidth, (strideX - 1 - dx) / strideX) : 0;
  const high = dx < inWidth ? min(outWidth, (inWidth - 1 - dx) / strideX + 1) : 0;
  x += <usize>(row % channels) << 2;

  let ox = t % outWidth, oy = (t / outWidth) % outHeight, image = t / (outWidth * outHeight);
  while (depth > 0) {
    const end = min(outWidth, ox + depth);
    const y = oy * param(p, WindowParam.StrideY) + dy;
    const isInside = <u32>y < <u32>inHeight;
    const first = isInside ? max(ox, min(low, end)) : end, last = isInside ? max(first, min(high, end)) : end;
    depth -= end - ox;
    to = clearRun<T>(to, first - ox);
    const from = x + <usize>((image * inHeight + y) * inWidth + first * strideX + dx) * pixelBytes;
    to = copyRun<T>(to, from, <usize>strideX * pixelBytes, last - first);
    to = clearRun<T>(to, end - last);
    ox = 0;
    if (++oy == outHeight) {
      oy = 0;
      image++;
    }
  }
}

function clearRun<T>(to: usize, count: i32): usize {
  for (; count > 0; count--, to += 16) {
    if (isVector<T>()) v128.store(to, f32x4.splat(0));
    else store<f32>(to, 0);
  }
  return to;
}

function copyRun<T>(to: usize, from: usize, step: usize, count: i32): usize {
  for (; count >= 4; count -= 4, to += 64) {
    store<T>(to, load<T>(from)); from += step;
    store<T>(to, load<T>(from), 16); from += step;
    store<T>(to, load<T>(from), 32); from += step;
    store<T>(to, load<T>(from), 48); from += step;
  }
  for (; count > 0; count--, to += 16, from += step) store<T>(to, load<T>(from));
  return to;
}
