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
import { PACKED_B, prepareScratch, SPARE_ROW } from "./gemmScratch";
import { termAt, setTerm, setResultRow } from "./gemmTable";
import { sweep } from "./gemmTile";
import { param } from "./param";
import { WinogradParam } from "./params";
import { runProgram, runRows } from "./program";
import { sumDirectly } from "./winogradDirect";
import { matrixBytes, PRODUCTS, transformTiles } from "./winogradTiles";

/** Some rows of tiles, all columns or some. */
export function winograd(p: usize, chunk: i32, scratch: usize): void {
  const columnChunks = param(p, WinogradParam.ColumnChunks), columns = param(p, WinogradParam.Columns);
  const perChunk = param(p, WinogradParam.RowsPerChunk), across = param(p, WinogradParam.TilesAcross);
  const j0 = (chunk % columnChunks) * param(p, WinogradParam.ColumnsPerChunk);
  const j1 = min(columns, j0 + param(p, WinogradParam.ColumnsPerChunk));
  const r0 = (chunk / columnChunks) * perChunk;
  const r1 = min(param(p, WinogradParam.TileRows), r0 + perChunk);
  const blockTiles = param(p, WinogradParam.BlockTiles), blockColumns = param(p, WinogradParam.BlockColumns);

  const channels = param(p, WinogradParam.Channels);
  prepareScratch(scratch);
  const inputs = scratch + PACKED_B;
  const products = inputs + <usize>PRODUCTS * matrixBytes(blockTiles, channels);
  for (let t = r0 * across; t < r1 * across; t += blockTiles) {
    const tiles = min(blockTiles, r1 * across - t);
    transformTiles(
      <usize>param(p, WinogradParam.Source), param(p, WinogradParam.SourceHeight), param(p, WinogradParam.SourceWidth),
      channels, param(p, WinogradParam.Top), param(p, WinogradParam.Left), across, param(p, WinogradParam.TilesDown),
      t, tiles, inputs, <usize>channels << 2, 16, matrixBytes(blockTiles, channels), scratch,
    );
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

/** The pixel of the result where row `row` of tiles begins. */
function firstPixel(p: usize, row: i32): i32 {
  const down = param(p, WinogradParam.TilesDown);
  return ((row / down) * param(p, WinogradParam.ResultHeight) + 2 * (row % down)) * param(p, WinogradParam.ResultWidth);
}

/** The 16 products of (tiles × channels) and columns [j, j + width) of the transformed kernel. */
function multiply(
  p: usize, tiles: i32, j: i32, width: i32, inputs: usize, products: usize, scratch: usize,
): void {
  const channels = param(p, WinogradParam.Channels), blockTiles = param(p, WinogradParam.BlockTiles);
  const rowBytes = <usize>channels << 2, resultBytes = <usize>width << 2;
  const panelBytes = <usize>channels << 5;
  const filterBytes = <usize>((param(p, WinogradParam.Columns) + 7) >> 3) * panelBytes;
  let panels = <usize>param(p, WinogradParam.Filter) + <usize>(j >> 3) * panelBytes;
  const term = termAt(scratch, 0), spare = scratch + SPARE_ROW;
  for (let product = 0; product < PRODUCTS; product++) {
    for (let i = 0; i < tiles; i += 4) {
      const a = inputs + <usize>i * rowBytes, c = products + <usize>i * resultBytes;
      // Rows behind the last tile are read, whatever they hold, and written to nowhere.
      for (let r = 0; r < 4; r++) setResultRow(scratch, r, i + r < tiles ? c + <usize>r * resultBytes : spare);
      setTerm(term, a, a + rowBytes, a + 2 * rowBytes, a + 3 * rowBytes, 0);
      sweep<f32>(scratch, 1, channels, panels, panelBytes, width, false);
    }
    inputs += matrixBytes(blockTiles, channels);
    products += matrixBytes(blockTiles, param(p, WinogradParam.BlockColumns));
    panels += filterBytes;
  }
}

/** Y = Aᵀ M A of tiles [t, t + tiles), into columns [j, j + width) of the result. */
function transformBack(p: usize, t: i32, tiles: i32, j: i32, width: i32, from: usize): void {
  const height = param(p, WinogradParam.ResultHeight), resultWidth = param(p, WinogradParam.ResultWidth);
  const across = param(p, WinogradParam.TilesAcross), down = param(p, WinogradParam.TilesDown);
  const pixelBytes = <usize>param(p, WinogradParam.Columns) << 2;
  const step = matrixBytes(param(p, WinogradParam.BlockTiles), param(p, WinogradParam.BlockColumns));
  const result = <usize>param(p, WinogradParam.Result) + (<usize>j << 2);
  const below = <usize>resultWidth * pixelBytes;
  for (const end = t + tiles; t < end; t++) {
    const row = t / across, y = 2 * (row % down), x = 2 * (t % across);
    let to = result + <usize>(((row / down) * height + y) * resultWidth + x) * pixelBytes;
    const hasRight = x + 1 < resultWidth, hasBelow = y + 1 < height;
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
