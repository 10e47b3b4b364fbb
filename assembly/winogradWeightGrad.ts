/**
 * Gradient of a 3 × 3 convolution of stride 1 with respect to its kernel, by the transpose of Winograd's F(2×2, 3×3):
 *
 *   dg = Gᵀ [ Σ_tiles (Bᵀ d B) ⊙ (A dY Aᵀ) ] G
 *
 * The 16 sums are matrix products over tiles. Each of some images' partial sums is transformed back by itself; a later
 * command adds them up in order (finish.ts).
 *
 * Limits: those of winograd.ts. A partial sum with a NaN is computed again by convWeightGrad.ts, whose parameters begin
 * this kernel's: what cancels inside a tile must not spread.
 */
import { convWeightGrad } from "./convWeightGrad";
import { PACKED_B, prepareScratch } from "./gemmScratch";
import { termAt, setTerm, setResultRow } from "./gemmTable";
import { sweep } from "./gemmTile";
import { param } from "./param";
import { ConvWeightGradParam, WindowParam, WinogradWeightGradParam } from "./params";
import { matrixBytes, PRODUCTS, transformTiles } from "./winogradTiles";

/** A chunk is one partial sum. */
export function winogradWeightGrad(p: usize, chunk: i32, scratch: usize): void {
  const channels = param(p, WindowParam.InChannels), columns = param(p, WindowParam.OutChannels);
  const down = (param(p, WindowParam.OutHeight) + 1) >> 1, across = (param(p, WindowParam.OutWidth) + 1) >> 1;
  const images = param(p, WinogradWeightGradParam.ImagesPerPartial);
  const blockTiles = param(p, WinogradWeightGradParam.BlockTiles);
  const t0 = chunk * images * down * across;
  const t1 = min(param(p, WindowParam.Batch), (chunk + 1) * images) * down * across;
  const inputBytes = matrixBytes(blockTiles, channels), gradBytes = matrixBytes(blockTiles, (columns + 7) & ~7);
  const inputs = scratch + PACKED_B, grads = inputs + <usize>PRODUCTS * inputBytes;
  const sums = <usize>param(p, WinogradWeightGradParam.Products) +
    <usize>(chunk * PRODUCTS) * matrixBytes(channels, columns);

  prepareScratch(scratch);
  for (let t = t0; t < t1; t += blockTiles) {
    const tiles = min(blockTiles, t1 - t);
    transformTiles(
      <usize>param(p, ConvWeightGradParam.X), param(p, WindowParam.InHeight), param(p, WindowParam.InWidth), channels,
      param(p, WindowParam.Top), param(p, WindowParam.Left), across, down,
      t, tiles, inputs, 16, <usize>blockTiles << 4, inputBytes, scratch,
    );
    transformGradients(p, t, tiles, grads, <usize>blockTiles << 5, gradBytes);
    accumulate(channels, columns, tiles, blockTiles, inputs, grads, sums, t > t0, scratch);
  }
  const result = <usize>param(p, ConvWeightGradParam.Result) + (<usize>(chunk * 9 * channels * columns) << 2);
  if (!transformBack(sums, channels, columns, result)) return;
  const pieces = param(p, ConvWeightGradParam.RowChunks) * param(p, ConvWeightGradParam.ColumnChunks);
  for (let piece = 0; piece < pieces; piece++) convWeightGrad(p, chunk * pieces + piece, scratch);
}

/** A dY Aᵀ of tiles [t, t + tiles), as 16 matrices of panels: [columns / 8, tiles, 8]. */
function transformGradients(p: usize, t: i32, tiles: i32, to: usize, panelBytes: usize, step: usize): void {
  const height = param(p, WindowParam.OutHeight), width = param(p, WindowParam.OutWidth);
  const down = (height + 1) >> 1, across = (width + 1) >> 1;
  const pixelBytes = <usize>param(p, WindowParam.OutChannels) << 2, below = <usize>width * pixelBytes;
  const zero = f32x4.splat(0);
  for (const end = t + tiles; t < end; t++, to += 32) {
    const row = t / across, y = 2 * (row % down), x = 2 * (t % across);
    const hasRight = x + 1 < width, hasBelow = y + 1 < height;
    const from = <usize>param(p, ConvWeightGradParam.Dy) +
      <usize>(((row / down) * height + y) * width + x) * pixelBytes;
    for (let at: usize = 0; at < pixelBytes; at += 16) {
      const a = v128.load(from + at), b = hasRight ? v128.load(from + pixelBytes + at) : zero;
      const c = hasBelow ? v128.load(from + below + at) : zero;
      const d = hasRight && hasBelow ? v128.load(from + below + pixelBytes + at) : zero;
      const place = to + (at >> 5) * panelBytes + (at & 16);
      spread(a, b, place, step);
      spread(f32x4.add(a, c), f32x4.add(b, d), place + 4 * step, step);
      spread(f32x4.sub(a, c), f32x4.sub(b, d), place + 8 * step, step);
      spread(f32x4.neg(c), f32x4.neg(d), place + 12 * step, step);
    }
  }
}

/** A row of two times Aᵀ. */
// @ts-ignore: decorator
@inline
function spread(a: v128, b: v128, to: usize, step: usize): void {
  v128.store(to, a);
  v128.store(to + step, f32x4.add(a, b));
  v128.store(to + 2 * step, f32x4.sub(a, b));
  v128.store(to + 3 * step, f32x4.neg(b));
}

/** Adds the block's 16 products, (channels × tiles) · (tiles × columns), to the sums. */
function accumulate(
  channels: i32, columns: i32, tiles: i32, blockTiles: i32, inputs: usize, grads: usize, sums: usize,
  adds: bool, scratch: usize,
): void {
  const rowBytes = <usize>columns << 2;
  for (let product = 0; product < PRODUCTS; product++) {
    for (let channel = 0; channel < channels; channel += 4) {
      const c = sums + <usize>channel * rowBytes;
      for (let r = 0; r < 4; r++) setResultRow(scratch, r, c + <usize>r * rowBytes);
      const quads = inputs + (<usize>(channel * blockTiles) << 2);
      setTerm(termAt(scratch, 0), quads, quads + 4, quads + 8, quads + 12, 0);
      sweep<v128>(scratch, 1, tiles, grads, <usize>blockTiles << 5, columns, adds);
    }
    inputs += matrixBytes(blockTiles, channels);
    grads += matrixBytes(blockTiles, (columns + 7) & ~7);
    sums += matrixBytes(channels, columns);
  }
}

/** Gᵀ M G per pair of channels, to [tap, channel, column]; whether any is NaN. */
function transformBack(sums: usize, channels: i32, columns: i32, result: usize): bool {
  const step = matrixBytes(channels, columns), tapBytes = <usize>(channels * columns) << 2;
  let broken = i32x4.splat(0);
  for (let at: usize = 0; at < tapBytes; at += 16) {
    for (let row: usize = 0; row < 3; row++) {
      const m = sums + at, to = result + at + 3 * row * tapBytes;
      const a = down(m, step, row), b = down(m + step, step, row);
      const c = down(m + 2 * step, step, row), d = down(m + 3 * step, step, row);
      const half = f32x4.splat(0.5);
      const even = f32x4.mul(half, f32x4.add(b, c)), odd = f32x4.mul(half, f32x4.sub(b, c));
      const first = f32x4.add(a, even), last = f32x4.add(even, d);
      v128.store(to, first);
      v128.store(to + tapBytes, odd);
      v128.store(to + 2 * tapBytes, last);
      const sum = f32x4.add(f32x4.add(first, odd), last);
      broken = v128.or(broken, f32x4.ne(sum, sum));
    }
  }
  return v128.any_true(broken);
}

/** Entry `row` of Gᵀ times the column of four at `m`. */
// @ts-ignore: decorator
@inline
function down(m: usize, step: usize, row: usize): v128 {
  const half = f32x4.splat(0.5), b = v128.load(m + 4 * step), c = v128.load(m + 8 * step);
  if (row == 1) return f32x4.mul(half, f32x4.sub(b, c));
  const even = f32x4.mul(half, f32x4.add(b, c));
  return f32x4.add(even, v128.load(row == 0 ? m : m + 12 * step));
}
