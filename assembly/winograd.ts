/**
 * 3 × 3 convolution of stride 1 by Winograd's F(2×2, 3×3): a tile of 2 × 2 results from 4 × 4 source pixels takes 16
 * products per pair of channels instead of 36 (Lavin & Gray, "Fast algorithms for convolutional neural networks", 2016).
 *
 *   Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * The 16 products are matrix products over channels with what winogradFilter.ts made of the kernel. A block of tiles
 * is transformed, multiplied and transformed back while it lies in a cache.
 * The input gradient is the same with the kernel turned around and transposed.
 *
 * Limits: channels and columns are multiples of 4. The error is about twice that of the direct sum. Infinities cancel
 * to NaN inside a tile, so a tile with a NaN that no source pixel explains is summed directly. As in conv.ts, padding
 * is multiplied like any zero.
 */
import { PACKED_A, PACKED_B, prepareScratch, SPARE_ROW, ZEROS } from "./gemmScratch";
import { segmentAt, setSegment, setTargetRow } from "./gemmTable";
import { sweep } from "./gemmTile";
import { param } from "./param";
import { WinogradParam } from "./params";
import { runProgram, runRows } from "./program";
import { sumDirectly } from "./winogradDirect";

/** Products of a tile. */
const PRODUCTS = 16;
/** Behind each of a block's matrices, so that the 16 lines of one position lie in different sets of a cache. */
const SKEW: usize = 64;
/** The 4 × 4 pixels of a tile at the border. */
const PATCH = PACKED_A;

/** Some rows of tiles, all columns or some. */
export function winograd(p: usize, chunk: i32, scratch: usize): void {
  const columnChunks = param(p, WinogradParam.ColumnChunks), columns = param(p, WinogradParam.Columns);
  const perChunk = param(p, WinogradParam.RowsPerChunk), across = param(p, WinogradParam.TilesAcross);
  const j0 = (chunk % columnChunks) * param(p, WinogradParam.ColumnsPerChunk);
  const j1 = min(columns, j0 + param(p, WinogradParam.ColumnsPerChunk));
  const r0 = (chunk / columnChunks) * perChunk;
  const r1 = min(param(p, WinogradParam.TileRows), r0 + perChunk);
  const blockTiles = param(p, WinogradParam.BlockTiles), blockColumns = param(p, WinogradParam.BlockColumns);

  prepareScratch(scratch);
  const inputs = scratch + PACKED_B;
  const products = inputs + <usize>PRODUCTS * matrixBytes(blockTiles, param(p, WinogradParam.Channels));
  for (let t = r0 * across; t < r1 * across; t += blockTiles) {
    const tiles = min(blockTiles, r1 * across - t);
    transformTiles(p, t, tiles, inputs, scratch);
    for (let j = j0; j < j1; j += blockColumns) {
      const width = min(blockColumns, j1 - j);
      multiply(p, tiles, j, width, inputs, products, scratch);
      transformBack(p, t, tiles, j, width, products);
    }
  }

  const program = <usize>param(p, WinogradParam.Program);
  if (program == 0) return;
  const start = firstPixel(p, r0), pixels = firstPixel(p, r1) - start;
  if (columnChunks == 1) runProgram(program, start * columns, pixels * columns, scratch);
  else runRows(program, start * columns + j0, j1 - j0, pixels, columns, scratch);
}

/** Bytes from one of a block's 16 matrices to the next. */
// @ts-ignore: decorator
@inline
function matrixBytes(tiles: i32, width: i32): usize {
  return (<usize>(tiles * width) << 2) + SKEW;
}

/** The pixel of the target where row `row` of tiles begins. */
function firstPixel(p: usize, row: i32): i32 {
  const down = param(p, WinogradParam.TilesDown);
  return ((row / down) * param(p, WinogradParam.TargetHeight) + 2 * (row % down)) * param(p, WinogradParam.TargetWidth);
}

/** V = Bᵀ d B of tiles [t, t + tiles), as 16 matrices of tiles × channels. */
function transformTiles(p: usize, t: i32, tiles: i32, to: usize, scratch: usize): void {
  const height = param(p, WinogradParam.SourceHeight), width = param(p, WinogradParam.SourceWidth);
  const across = param(p, WinogradParam.TilesAcross), down = param(p, WinogradParam.TilesDown);
  const channels = param(p, WinogradParam.Channels);
  const pixelBytes = <usize>channels << 2, step = matrixBytes(param(p, WinogradParam.BlockTiles), channels);
  for (let i = 0; i < tiles; i++, t++, to += pixelBytes) {
    const row = t / across;
    const y = 2 * (row % down) - param(p, WinogradParam.Top);
    const x = 2 * (t % across) - param(p, WinogradParam.Left);
    const isInside = y >= 0 && y + 4 <= height && x >= 0 && x + 4 <= width;
    const image = <usize>param(p, WinogradParam.Source) + <usize>((row / down) * height * width) * pixelBytes;
    if (isInside) {
      transformTile(image + <usize>(y * width + x) * pixelBytes, <usize>width * pixelBytes, pixelBytes, to, step);
    } else {
      copyPatch(image, y, x, height, width, pixelBytes, scratch + PATCH, scratch + ZEROS);
      transformTile(scratch + PATCH, 4 * pixelBytes, pixelBytes, to, step);
    }
  }
}

/** The 4 × 4 pixels from (y, x) on, zeros outside the map. */
function copyPatch(
  image: usize, y: i32, x: i32, height: i32, width: i32, pixelBytes: usize, to: usize, zeros: usize,
): void {
  for (let i = y; i < y + 4; i++) {
    for (let j = x; j < x + 4; j++, to += pixelBytes) {
      const isInside = <u32>i < <u32>height && <u32>j < <u32>width;
      memory.copy(to, isInside ? image + <usize>(i * width + j) * pixelBytes : zeros, pixelBytes);
    }
  }
}

/** One tile, 4 channels at a time; the 16 results of a channel lie `step` bytes apart. */
function transformTile(from: usize, rowBytes: usize, pixelBytes: usize, to: usize, step: usize): void {
  for (const end = from + pixelBytes; from < end; from += 16, to += 16) {
    transformColumn(from, from + 2 * pixelBytes, false, rowBytes, to, step);
    transformColumn(from + pixelBytes, from + 2 * pixelBytes, true, rowBytes, to + step, step);
    transformColumn(from + 2 * pixelBytes, from + pixelBytes, false, rowBytes, to + 2 * step, step);
    transformColumn(from + pixelBytes, from + 3 * pixelBytes, false, rowBytes, to + 3 * step, step);
  }
}

/** A column of Bᵀ d B: of d · B it is the sum or difference of two columns of pixels. */
// @ts-ignore: decorator
@inline
function transformColumn(a: usize, b: usize, adds: bool, rowBytes: usize, to: usize, step: usize): void {
  const d0 = combine(a, b, adds);
  const d1 = combine(a + rowBytes, b + rowBytes, adds);
  const d2 = combine(a + 2 * rowBytes, b + 2 * rowBytes, adds);
  const d3 = combine(a + 3 * rowBytes, b + 3 * rowBytes, adds);
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + 4 * step, f32x4.add(d1, d2));
  v128.store(to + 8 * step, f32x4.sub(d2, d1));
  v128.store(to + 12 * step, f32x4.sub(d1, d3));
}

// @ts-ignore: decorator
@inline
function combine(a: usize, b: usize, adds: bool): v128 {
  return adds ? f32x4.add(v128.load(a), v128.load(b)) : f32x4.sub(v128.load(a), v128.load(b));
}

/** The 16 products of (tiles × channels) and columns [j, j + width) of the transformed kernel. */
function multiply(
  p: usize, tiles: i32, j: i32, width: i32, inputs: usize, products: usize, scratch: usize,
): void {
  const channels = param(p, WinogradParam.Channels), blockTiles = param(p, WinogradParam.BlockTiles);
  const rowBytes = <usize>channels << 2, targetBytes = <usize>width << 2;
  const panelBytes = <usize>channels << 5;
  const filterBytes = <usize>((param(p, WinogradParam.Columns) + 7) >> 3) * panelBytes;
  let panels = <usize>param(p, WinogradParam.Filter) + <usize>(j >> 3) * panelBytes;
  const segment = segmentAt(scratch, 0), spare = scratch + SPARE_ROW;
  for (let product = 0; product < PRODUCTS; product++) {
    for (let i = 0; i < tiles; i += 4) {
      const a = inputs + <usize>i * rowBytes, c = products + <usize>i * targetBytes;
      // Rows behind the last tile are read, whatever they hold, and written to nowhere.
      for (let r = 0; r < 4; r++) setTargetRow(scratch, r, i + r < tiles ? c + <usize>r * targetBytes : spare);
      setSegment(segment, a, a + rowBytes, a + 2 * rowBytes, a + 3 * rowBytes, 0);
      sweep<f32>(scratch, 1, channels, panels, panelBytes, width, false);
    }
    inputs += matrixBytes(blockTiles, channels);
    products += matrixBytes(blockTiles, param(p, WinogradParam.BlockColumns));
    panels += filterBytes;
  }
}

/** Y = Aᵀ M A of tiles [t, t + tiles), into columns [j, j + width) of the target. */
function transformBack(p: usize, t: i32, tiles: i32, j: i32, width: i32, from: usize): void {
  const height = param(p, WinogradParam.TargetHeight), targetWidth = param(p, WinogradParam.TargetWidth);
  const across = param(p, WinogradParam.TilesAcross), down = param(p, WinogradParam.TilesDown);
  const pixelBytes = <usize>param(p, WinogradParam.Columns) << 2;
  const step = matrixBytes(param(p, WinogradParam.BlockTiles), param(p, WinogradParam.BlockColumns));
  const target = <usize>param(p, WinogradParam.Target) + (<usize>j << 2);
  const below = <usize>targetWidth * pixelBytes;
  for (const end = t + tiles; t < end; t++) {
    const row = t / across, y = 2 * (row % down), x = 2 * (t % across);
    let to = target + <usize>(((row / down) * height + y) * targetWidth + x) * pixelBytes;
    const hasRight = x + 1 < targetWidth, hasBelow = y + 1 < height;
    let broken = i32x4.splat(0);
    for (const last = from + (<usize>width << 2); from < last; from += 16, to += 16) {
      let a = upper(from, step), b = upper(from + step, step);
      let c = upper(from + 2 * step, step), d = upper(from + 3 * step, step);
      const topLeft = f32x4.add(f32x4.add(a, b), c), topRight = f32x4.sub(f32x4.sub(b, c), d);
      a = lower(from, step); b = lower(from + step, step);
      c = lower(from + 2 * step, step); d = lower(from + 3 * step, step);
      const bottomLeft = f32x4.add(f32x4.add(a, b), c), bottomRight = f32x4.sub(f32x4.sub(b, c), d);
      v128.store(to, topLeft);
      if (hasRight) v128.store(to + pixelBytes, topRight);
      if (hasBelow) v128.store(to + below, bottomLeft);
      if (hasRight && hasBelow) v128.store(to + below + pixelBytes, bottomRight);
      const sum = f32x4.add(f32x4.add(topLeft, topRight), f32x4.add(bottomLeft, bottomRight));
      broken = v128.or(broken, f32x4.ne(sum, sum));
    }
    if (v128.any_true(broken)) sumDirectly(p, t, j, width);
  }
}

/** The rows of Aᵀ M, at one column. */
// @ts-ignore: decorator
@inline
function upper(m: usize, step: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(m), v128.load(m + 4 * step)), v128.load(m + 8 * step));
}

// @ts-ignore: decorator
@inline
function lower(m: usize, step: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(m + 4 * step), v128.load(m + 8 * step)), v128.load(m + 12 * step));
}
