/**
 * The epilogue that a tile applies to its sums before it stores them: min(max(c · scale + shift, low), high), each
 * operand a number per column. It covers biases, batch norm in inference, relu and relu6; any other epilogue is a
 * program that reads the result again.
 */
import { madd } from "./simd";

/** A record holds the operands of a panel: 4 times 8 columns, in the order of the formula. */
export const RECORD_BYTES: usize = 128;
const SHIFT: usize = 32, LOW: usize = 64, HIGH: usize = 96;

/**
 * Writes the records of `columns` columns from `column` on. `operands` are four pairs of an address and the bytes from
 * a column to the next: 0 where one number is for all.
 */
export function packRecords(operands: usize, column: i32, columns: i32, records: usize): void {
  for (let j = 0; j < columns; j++) {
    const to = records + <usize>(j >> 3) * RECORD_BYTES + (<usize>(j & 7) << 2);
    let hasNaN = false;
    for (let at: usize = 0; at < 4; at++) {
      const pair = operands + (at << 3);
      const x = load<f32>(load<usize>(pair) + <usize>(column + j) * load<usize>(pair, 4));
      store<f32>(to + (at << 5), x);
      hasNaN = hasNaN || x != x;
    }
    // The tile's comparisons drop a bound that is NaN.
    if (hasNaN) store<f32>(to, f32.NaN);
  }
}

/** 4 sums: of the panel's first columns for `record` itself, of its last for `record` + 16. */
// @ts-ignore: decorator
@inline
export function finished(sums: v128, record: usize): v128 {
  const y = madd(sums, v128.load(record), v128.load(record, SHIFT));
  return f32x4.pmin(f32x4.pmax(y, v128.load(record, LOW)), v128.load(record, HIGH));
}
