/** Limits of the contraction kernels, which follow from how they divide scratch memory (gemmScratch.ts). */

/** Largest depth of one term and of a packed block of A; largest number of columns of a packed block of B. */
export const MAX_DEPTH = 1024;
export const MAX_COLUMNS = 512;
/** Largest number of terms (taps of a convolution) in a strip's table. */
export const MAX_TERMS = 256;
/** Strips of a transposed A that are packed at a time. */
export const MAX_STRIPS = 4;
/** Floats of a packed block of B. */
export const PACKED_B_SIZE = (432 << 10) >> 2;
