/**
 * Parameter layouts of the elementwise, reduction and index kernels: 32-bit words, in this order. Read by the kernels
 * and by the lowering in `src/backends/wasm/lower`. Sizes are in elements.
 */

export enum MapParam {
  Program, Size, SizePerChunk,
}

/**
 * Reduces the middle of [outer, length, inner]. A chunk is a range of outer rows (reduceRows) or a block of columns
 * of one outer row (reduceColumns), of one part of the length. With one part the epilogue runs, 0 is none.
 */
export enum ReduceParam {
  Reduction, Prologue, Epilogue, Target,
  Outer, Length, Inner,
  /** Outer rows per chunk, or columns. */
  Block,
  Blocks,
  LengthPerPart,
}

/** Joins `Parts` partial results of `Size` elements each in index order, then runs the epilogue. */
export enum ReducePartsParam {
  Reduction, Epilogue, Source, Target, Parts, Size, SizePerChunk,
}
