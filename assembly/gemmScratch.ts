/** How contractions divide their half of a thread's scratch memory: offsets in bytes. */
import { MAX_COLUMNS, MAX_DEPTH } from "./limits";

/** A 4 × 8 tile for the last, partial panel. */
export const EDGE_TILE: usize = 0;
/** `MAX_COLUMNS` floats that receive the rows a strip of fewer than 4 does not have. */
export const SPARE_ROW: usize = 256;
/** `MAX_DEPTH` zeros: what a pointer to padding points to. */
export const ZEROS: usize = 4 << 10;
/** Row addresses of the current strip, see gemmTile.ts: 16 + 20 × `MAX_TERMS` bytes. */
export const TABLE: usize = 8 << 10;
/** Source coordinates of the current strip's pixels, see conv.ts. */
export const PIXELS: usize = 15 << 10;
/** Packed rows of A (`MAX_STRIPS` strips of a matrix product's block depth, or 4 of `MAX_DEPTH` unfolded ones). */
export const PACKED_A: usize = 16 << 10;
/** Records of an epilogue for `MAX_COLUMNS` columns, see columnEpilogue.ts. */
export const RECORDS: usize = 72 << 10;
/** Packed panels of B: `PACKED_B_SIZE` floats. */
export const PACKED_B: usize = 80 << 10;

/** Clears what is read before it is written: to be called once per chunk. */
export function prepareScratch(scratch: usize): void {
  memory.fill(scratch + SPARE_ROW, 0, MAX_COLUMNS << 2);
  memory.fill(scratch + ZEROS, 0, MAX_DEPTH << 2);
}
