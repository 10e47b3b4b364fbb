/**
 * Packing of matrix blocks into scratch memory: B into panels of 8 columns (row k of a panel is 32 contiguous bytes,
 * missing columns are zeros), a transposed A into quads (4 rows of A interleaved).
 */

/** B stored row-major, [depth, columns]. */
export function packPanels(
  source: usize, rowBytes: usize, depth: i32, columns: i32, panels: usize, panelBytes: usize,
): void {
  for (; columns >= 8; columns -= 8) {
    let from = source, to = panels;
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += rowBytes;
      to += 32;
    }
    source += 32;
    panels += panelBytes;
  }
  if (columns == 0) return;
  for (let k = 0; k < depth; k++) {
    for (let j = 0; j < 8; j++) {
      store<f32>(panels + (<usize>j << 2), j < columns ? load<f32>(source + (<usize>j << 2)) : 0);
    }
    source += rowBytes;
    panels += 32;
  }
}

/** B stored transposed, [columns, depth]. */
export function packPanelsTransposed(
  source: usize, rowBytes: usize, depth: i32, columns: i32, panels: usize, panelBytes: usize,
): void {
  for (; columns > 0; columns -= 8) {
    const half = min(columns, 4);
    packQuadColumns(source, rowBytes, depth, half, panels);
    packQuadColumns(source + 4 * rowBytes, rowBytes, depth, min(columns - half, 4), panels + 16);
    source += 8 * rowBytes;
    panels += panelBytes;
  }
}

/** Half a panel: up to 4 rows of `source` become 4 columns. */
function packQuadColumns(source: usize, rowBytes: usize, depth: i32, rows: i32, to: usize): void {
  let k = 0;
  if (rows == 4) {
    for (; k + 4 <= depth; k += 4) {
      const a = v128.load(source);
      const b = v128.load(source + rowBytes);
      const c = v128.load(source + 2 * rowBytes);
      const d = v128.load(source + 3 * rowBytes);
      const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
      const AB = i32x4.shuffle(a, b, 2, 6, 3, 7), CD = i32x4.shuffle(c, d, 2, 6, 3, 7);
      v128.store(to, i64x2.shuffle(ab, cd, 0, 2));
      v128.store(to, i64x2.shuffle(ab, cd, 1, 3), 32);
      v128.store(to, i64x2.shuffle(AB, CD, 0, 2), 64);
      v128.store(to, i64x2.shuffle(AB, CD, 1, 3), 96);
      source += 16;
      to += 128;
    }
  }
  for (; k < depth; k++) {
    for (let j = 0; j < 4; j++) {
      store<f32>(to + (<usize>j << 2), j < rows ? load<f32>(source + <usize>j * rowBytes) : 0);
    }
    source += 4;
    to += 32;
  }
}

/** Up to 16 columns of `source`, [depth, …] row-major, become strips of quads: the rows of a transposed A. */
export function packQuads(source: usize, rowBytes: usize, depth: i32, columns: i32, to: usize): void {
  const stripBytes = <usize>depth << 4;
  if (columns == 16) {
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(source));
      v128.store(to + stripBytes, v128.load(source, 16));
      v128.store(to + 2 * stripBytes, v128.load(source, 32));
      v128.store(to + 3 * stripBytes, v128.load(source, 48));
      source += rowBytes;
      to += 16;
    }
    return;
  }
  const strips = (columns + 3) >> 2;
  for (let k = 0; k < depth; k++) {
    for (let j = 0; j < strips << 2; j++) {
      const at = to + <usize>(j >> 2) * stripBytes + (<usize>(j & 3) << 2);
      store<f32>(at, j < columns ? load<f32>(source + (<usize>j << 2)) : 0);
    }
    source += rowBytes;
    to += 16;
  }
}
