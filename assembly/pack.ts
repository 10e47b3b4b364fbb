/**
 * Packing of matrix blocks into scratch memory: B into panels of 8 columns (row k of a panel is 32 contiguous bytes),
 * a transposed A into rows. Columns that the last panel lacks and rows that the last strip lacks hold whatever lies
 * behind the block: tiles drop what they make of it.
 */

/** B stored row-major, [depth, columns]. */
export function packPanels(
  source: usize, rowBytes: usize, depth: i32, columns: i32, panels: usize, panelBytes: usize,
): void {
  for (; columns > 0; columns -= 8) {
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
}

/** B stored transposed, [columns, depth]. */
export function packPanelsTransposed(
  source: usize, rowBytes: usize, depth: i32, columns: i32, panels: usize, panelBytes: usize,
): void {
  const last = source + <usize>(columns - 1) * rowBytes;
  // Counts columns, not addresses: where there is no depth, rows have no bytes.
  for (; columns > 0; columns -= 8) {
    packHalfPanel(source, rowBytes, last, depth, panels);
    packHalfPanel(min(source + 4 * rowBytes, last), rowBytes, last, depth, panels + 16);
    source += 8 * rowBytes;
    panels += panelBytes;
  }
}

/** 4 rows of `source`, none behind `last`, become 4 columns. */
function packHalfPanel(a: usize, rowBytes: usize, last: usize, depth: i32, to: usize): void {
  let b = min(a + rowBytes, last), c = min(b + rowBytes, last), d = min(c + rowBytes, last);
  for (; depth >= 4; depth -= 4) {
    transpose(a, b, c, d, to, 32);
    a += 16; b += 16; c += 16; d += 16;
    to += 128;
  }
  // The panel behind may be packed already.
  for (; depth > 0; depth--) {
    store<f32>(to, load<f32>(a));
    store<f32>(to, load<f32>(b), 4);
    store<f32>(to, load<f32>(c), 8);
    store<f32>(to, load<f32>(d), 12);
    a += 4; b += 4; c += 4; d += 4;
    to += 32;
  }
}

/** 4 × 4 floats at the addresses `a` to `d`, to rows `step` apart. */
// @ts-ignore: decorator
@inline
function transpose(a: usize, b: usize, c: usize, d: usize, to: usize, step: usize): void {
  const A = v128.load(a), B = v128.load(b), C = v128.load(c), D = v128.load(d);
  const ab = i32x4.shuffle(A, B, 0, 4, 1, 5), cd = i32x4.shuffle(C, D, 0, 4, 1, 5);
  const AB = i32x4.shuffle(A, B, 2, 6, 3, 7), CD = i32x4.shuffle(C, D, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(to + step, i64x2.shuffle(ab, cd, 1, 3));
  v128.store(to + 2 * step, i64x2.shuffle(AB, CD, 0, 2));
  v128.store(to + 3 * step, i64x2.shuffle(AB, CD, 1, 3));
}

/** A stored transposed, [depth, columns], becomes rows `step` apart; whatever their remainder to 4 terms holds. */
export function packColumns(
  source: usize, rowBytes: usize, depth: i32, columns: i32, to: usize, step: usize,
): void {
  const last = source + <usize>(depth - 1) * rowBytes;
  for (let k = 0; k < depth; k += 4) {
    const b = min(source + rowBytes, last), c = min(b + rowBytes, last), d = min(c + rowBytes, last);
    let row = to;
    for (let j: usize = 0, end = <usize>columns << 2; j < end; j += 16, row += 4 * step) {
      transpose(source + j, b + j, c + j, d + j, row, step);
    }
    source += 4 * rowBytes;
    to += 16;
  }
}
