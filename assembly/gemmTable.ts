/**
 * The table that describes one strip, 4 rows of a contraction, in scratch memory: the addresses of its rows of C, then
 * terms of the sum, each the addresses of 4 rows of A and the byte offset of its part of B.
 */
import { TABLE } from "./gemmScratch";

const HEADER_BYTES: usize = 16;
export const TERM_BYTES: usize = 20;

// @ts-ignore: decorator
@inline
export function setResultRow(scratch: usize, row: i32, address: usize): void {
  store<usize>(scratch + TABLE + (<usize>row << 2), address);
}

// @ts-ignore: decorator
@inline
export function resultRow(scratch: usize, row: i32): usize {
  return load<usize>(scratch + TABLE + (<usize>row << 2));
}

/** Address of term `index`. */
// @ts-ignore: decorator
@inline
export function termAt(scratch: usize, index: i32): usize {
  return scratch + TABLE + HEADER_BYTES + <usize>index * TERM_BYTES;
}

// @ts-ignore: decorator
@inline
export function setTerm(
  term: usize, a0: usize, a1: usize, a2: usize, a3: usize, offset: usize,
): void {
  store<usize>(term, a0, 0);
  store<usize>(term, a1, 4);
  store<usize>(term, a2, 8);
  store<usize>(term, a3, 12);
  store<usize>(term, offset, 16);
}
