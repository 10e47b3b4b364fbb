/**
 * The register kernel under every contraction: a 4 × 8 tile C += Σ_s A_s · B_s over the terms s of a table
 * (gemmTable.ts). A matrix product has one term; a convolution has one per tap, whose rows are the pixels under
 * that tap, so that neither needs A packed.
 *
 * B is packed in panels of 8 columns: row k of a panel is 32 contiguous bytes (see pack.ts).
 */
import { finished, RECORD_BYTES } from "./columnEpilogue";
import { EDGE_TILE } from "./gemmScratch";
import { TERM_BYTES, termAt, resultRow } from "./gemmTable";
import { madd } from "./simd";

/** Columns of a tile and a panel. */
const TILE_COLUMNS = 8;

/**
 * `T` says how A's rows step from one k to the next: f32 — contiguous rows; v128 — packed quads (4 rows interleaved).
 * The early exits between the unrolled steps keep compilers from regrouping the loads and spilling accumulators.
 */
function tile<T>(
  scratch: usize, terms: i32, depth: i32, panel: usize, accumulate: bool, record: usize,
  c0: usize, c1: usize, c2: usize, c3: usize,
): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00;
  let s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let term = termAt(scratch, 0);
  const end = term + <usize>terms * TERM_BYTES;
  for (; term < end; term += TERM_BYTES) {
    let a0 = load<usize>(term, 0);
    let a1 = load<usize>(term, 4);
    let a2 = load<usize>(term, 8);
    let a3 = load<usize>(term, 12);
    let b = panel + load<usize>(term, 16);
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
  if (record != 0) {
    s00 = finished(s00, record); s01 = finished(s01, record + 16);
    s10 = finished(s10, record); s11 = finished(s11, record + 16);
    s20 = finished(s20, record); s21 = finished(s21, record + 16);
    s30 = finished(s30, record); s31 = finished(s31, record + 16);
  }
  v128.store(c0, s00); v128.store(c0, s01, 16);
  v128.store(c1, s10); v128.store(c1, s11, 16);
  v128.store(c2, s20); v128.store(c2, s21, 16);
  v128.store(c3, s30); v128.store(c3, s31, 16);
}

/**
 * The tile against every panel of a block: `columns` columns, the last panel may be partial. `records` are those of an
 * epilogue (columnEpilogue.ts) that the sums are complete for; 0 for none.
 */
export function sweep<T>(
  scratch: usize, terms: i32, depth: i32, panels: usize, panelBytes: usize, columns: i32, accumulate: bool,
  records: usize = 0,
): void {
  let c0 = resultRow(scratch, 0), c1 = resultRow(scratch, 1);
  let c2 = resultRow(scratch, 2), c3 = resultRow(scratch, 3);
  const recordBytes = records != 0 ? RECORD_BYTES : 0;
  for (; columns >= TILE_COLUMNS; columns -= TILE_COLUMNS) {
    tile<T>(scratch, terms, depth, panels, accumulate, records, c0, c1, c2, c3);
    panels += panelBytes;
    records += recordBytes;
    c0 += 32; c1 += 32; c2 += 32; c3 += 32;
  }
  if (columns == 0) return;
  const edge = scratch + EDGE_TILE;
  const bytes = <usize>columns << 2;
  if (accumulate) {
    for (let at: usize = 0; at < bytes; at += 4) {
      store<f32>(edge + at, load<f32>(c0 + at)); store<f32>(edge + at, load<f32>(c1 + at), 32);
      store<f32>(edge + at, load<f32>(c2 + at), 64); store<f32>(edge + at, load<f32>(c3 + at), 96);
    }
  }
  tile<T>(scratch, terms, depth, panels, accumulate, records, edge, edge + 32, edge + 64, edge + 96);
  for (let at: usize = 0; at < bytes; at += 4) {
    store<f32>(c0 + at, load<f32>(edge + at)); store<f32>(c1 + at, load<f32>(edge + at, 32));
    store<f32>(c2 + at, load<f32>(edge + at, 64)); store<f32>(c3 + at, load<f32>(edge + at, 96));
  }
}
