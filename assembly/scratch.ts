/**
 * A thread's private scratch memory. The first half belongs to contractions and window kernels (packed panels,
 * pointer tables), the second half to the tile-program interpreter, so that an epilogue may run inside a kernel.
 */

/** Bytes of scratch per thread; the address a kernel receives is 64-byte aligned. */
export const SCRATCH_BYTES = 1 << 20;

/** Offset of the interpreter's half. */
export const PROGRAM_SCRATCH = 1 << 19;
