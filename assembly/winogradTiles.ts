/** The source of a Winograd convolution: V = Bᵀ d B of tiles of 4 × 4 pixels, 2 apart. */
import { PACKED_A, ZEROS } from "./gemmScratch";

/** Products of a tile. */
export const PRODUCTS = 16;
/** Behind each of a block's matrices, so that the 16 lines of one position lie in different sets of a cache. */
const SKEW: usize = 64;
/** The 4 × 4 pixels of a tile at the border. */
const PATCH = PACKED_A;

/** Bytes from one of a block's 16 matrices to the next. */
// @ts-ignore: decorator
@inline
export function matrixBytes(rows: i32, columns: i32): usize {
  return (<usize>(rows * columns) << 2) + SKEW;
}

/**
 * Tiles [t, t + tiles) of a map with `across` × `down` of them per image: a tile's four channels go to `to`, the next
 * tile's `tileBytes` and the next four `quadBytes` further, and each of the 16 products `step` bytes further.
 */
export function transformTiles(
  source: usize, height: i32, width: i32, channels: i32, top: i32, left: i32, across: i32, down: i32,
  t: i32, tiles: i32, to: usize, tileBytes: usize, quadBytes: usize, step: usize, scratch: usize,
): void {
  const pixelBytes = <usize>channels << 2;
  for (const end = t + tiles; t < end; t++, to += tileBytes) {
    const row = t / across;
    const y = 2 * (row % down) - top, x = 2 * (t % across) - left;
    const isInside = y >= 0 && y + 4 <= height && x >= 0 && x + 4 <= width;
    const image = source + <usize>((row / down) * height * width) * pixelBytes;
    let from = image + <usize>(y * width + x) * pixelBytes, rowBytes = <usize>width * pixelBytes;
    if (!isInside) {
      from = scratch + PATCH;
      rowBytes = 4 * pixelBytes;
      copyPatch(image, y, x, height, width, pixelBytes, from, scratch + ZEROS);
    }
    transformTile(from, rowBytes, pixelBytes, to, quadBytes, step);
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

/** One tile, 4 channels at a time, `quadBytes` apart; the 16 results of a channel lie `step` bytes apart. */
function transformTile(
  from: usize, rowBytes: usize, pixelBytes: usize, to: usize, quadBytes: usize, step: usize,
): void {
  for (const end = from + pixelBytes; from < end; from += 16, to += quadBytes) {
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
