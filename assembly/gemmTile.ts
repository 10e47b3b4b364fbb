/**
 * The register kernel under every contraction: a 4 × 8 tile C += Σ_s A_s · B_s over a list of segments s.
 *
 * A table describes 4 rows at once. Its header holds the addresses of the 4 rows of C; each segment that follows
 * holds the addresses of the 4 rows of A and the byte offset of its rows in the packed B. A matrix product has one
 * segment; a convolution has one per tap, whose rows are the pixels under that tap (indirect convolution), so
 * that neither needs A packed and padding is a pointer to zeros.
 *
 * B is packed in panels of 8 columns: row k of a panel is 32 contiguous bytes (see pack.ts).
 */
import { EDGE_TILE, TABLE } from "./gemmScratch";
import { madd } from "./simd";

/** Bytes of the table's header and of one segment. */
const HEADER_BYTES: usize = 16;
const SEGMENT_BYTES: usize = 20;
/** Rows and columns of a tile. */
export const TILE_ROWS = 4;
export const TILE_COLUMNS = 8;

/** Sets the address of row `row` of C. */
// @ts-ignore: decorator
@inline
export function setTargetRow(scratch: usize, row: i32, address: usize): void {
  store<usize>(scratch + TABLE + (<usize>row << 2), address);
}

/** Address of segment `index`: 4 row addresses of A and an offset into B. */
// @ts-ignore: decorator
@inline
export function segmentAt(scratch: usize, index: i32): usize {
  return scratch + TABLE + HEADER_BYTES + <usize>index * SEGMENT_BYTES;
}

// @ts-ignore: decorator
@inline
export function setSegment(
  segment: usize, a0: usize, a1: usize, a2: usize, a3: usize, panelOffset: usize,
): void {
  store<usize>(segment, a0, 0);
  store<usize>(segment, a1, 4);
  store<usize>(segment, a2, 8);
  store<usize>(segment, a3, 12);
  store<usize>(segment, panelOffset, 16);
}

/**
 * `T` says how A's rows step from one k to the next: f32 — contiguous rows; v128 — packed quads (4 rows interleaved).
 * The early exits between the unrolled steps keep compilers from regrouping the loads and spilling accumulators.
 */
function tile<T>(
  table: usize, segments: i32, depth: i32, panel: usize, accumulate: bool,
  c0: usize, c1: usize, c2: usize, c3: usize,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let segment = table + HEADER_BYTES;
  const end = segment + <usize>segments * SEGMENT_BYTES;
  for (; segment < end; segment += SEGMENT_BYTES) {
    let a0 = load<usize>(segment, 0);
    let a1 = load<usize>(segment, 4);
    let a2 = load<usize>(segment, 8);
    let a3 = load<usize>(segment, 12);
    let b = panel + load<usize>(segment, 16);
    let k = depth;
    for (;;) {
      let x = v128.load32_splat(a0), y = v128.load32_splat(a1);
      let u = v128.load(b), v = v128.load(b, 16);
      s00 = madd(x, u, s00); s01 = madd(x, v, s01);
      s10 = madd(y, u, s10); s11 = madd(y, v, s11);
      x = v128.load32_splat(a2); y = v128.load32_splat(a3);
      s20 = madd(x, u, s20); s21 = madd(x, v, s21);
      s30 = madd(y, u, s30); s31 = madd(y, v, s31);
      if (k == 1) break;

      x = v128.load32_splat(a0, sizeof<T>()); y = v128.load32_splat(a1, sizeof<T>());
      u = v128.load(b, 32); v = v128.load(b, 48);
      s00 = madd(x, u, s00); s01 = madd(x, v, s01);
      s10 = madd(y, u, s10); s11 = madd(y, v, s11);
      x = v128.load32_splat(a2, sizeof<T>()); y = v128.load32_splat(a3, sizeof<T>());
      s20 = madd(x, u, s20); s21 = madd(x, v, s21);
      s30 = madd(y, u, s30); s31 = madd(y, v, s31);
      if (k == 2) break;

      x = v128.load32_splat(a0, 2 * sizeof<T>()); y = v128.load32_splat(a1, 2 * sizeof<T>());
      u = v128.load(b, 64); v = v128.load(b, 80);
      s00 = madd(x, u, s00); s01 = madd(x, v, s01);
      s10 = madd(y, u, s10); s11 = madd(y, v, s11);
      x = v128.load32_splat(a2, 2 * sizeof<T>()); y = v128.load32_splat(a3, 2 * sizeof<T>());
      s20 = madd(x, u, s20); s21 = madd(x, v, s21);
      s30 = madd(y, u, s30); s31 = madd(y, v, s31);
      if (k == 3) break;

      x = v128.load32_splat(a0, 3 * sizeof<T>()); y = v128.load32_splat(a1, 3 * sizeof<T>());
      u = v128.load(b, 96); v = v128.load(b, 112);
      s00 = madd(x, u, s00); s01 = madd(x, v, s01);
      s10 = madd(y, u, s10); s11 = madd(y, v, s11);
      x = v128.load32_splat(a2, 3 * sizeof<T>()); y = v128.load32_splat(a3, 3 * sizeof<T>());
      s20 = madd(x, u, s20); s21 = madd(x, v, s21);
      s30 = madd(y, u, s30); s31 = madd(y, v, s31);
      if (k == 4) break;

      k -= 4;
      a0 += 4 * sizeof<T>(); a1 += 4 * sizeof<T>(); a2 += 4 * sizeof<T>(); a3 += 4 * sizeof<T>();
      b += 128;
    }
  }
  if (accumulate) {
    s00 = f32x4.add(v128.load(c0), s00); s01 = f32x4.add(v128.load(c0, 16), s01);
    s10 = f32x4.add(v128.load(c1), s10); s11 = f32x4.add(v128.load(c1, 16), s11);
    s20 = f32x4.add(v128.load(c2), s20); s21 = f32x4.add(v128.load(c2, 16), s21);
    s30 = f32x4.add(v128.load(c3), s30); s31 = f32x4.add(v128.load(c3, 16), s31);
  }
  v128.store(c0, s00); v128.store(c0, s01, 16);
  v128.store(c1, s10); v128.store(c1, s11, 16);
  v128.store(c2, s20); v128.store(c2, s21, 16);
  v128.store(c3, s30); v128.store(c3, s31, 16);
}

/** The tile against every panel of a block: `columns` columns, the last panel may be partial. */
export function sweep<T>(
  scratch: usize, segments: i32, depth: i32, panels: usize, panelBytes: usize, columns: i32, accumulate: bool,
): void {
  const table = scratch + TABLE;
  let c0 = load<usize>(table, 0);
  let c1 = load<usize>(table, 4);
  let c2 = load<usize>(table, 8);
  let c3 = load<usize>(table, 12);
  for (; columns >= TILE_COLUMNS; columns -= TILE_COLUMNS) {
    tile<T>(table, segments, depth, panels, accumulate, c0, c1, c2, c3);
    panels += panelBytes;
    c0 += 32; c1 += 32; c2 += 32; c3 += 32;
  }
  if (columns == 0) return;
  const edge = scratch + EDGE_TILE;
  tile<T>(table, segments, depth, panels, false, edge, edge + 32, edge + 64, edge + 96);
  for (let at: usize = 0, end = <usize>columns << 2; at < end; at += 4) {
    put(c0 + at, load<f32>(edge + at), accumulate);
    put(c1 + at, load<f32>(edge + at, 32), accumulate);
    put(c2 + at, load<f32>(edge + at, 64), accumulate);
    put(c3 + at, load<f32>(edge + at, 96), accumulate);
  }
}

// @ts-ignore: decorator
@inline
function put(address: usize, value: f32, accumulate: bool): void {
  store<f32>(address, accumulate ? load<f32>(address) + value : value);
}
