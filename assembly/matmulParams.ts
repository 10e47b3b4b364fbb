/**
 * Parameter layouts of matrix products and of joining partial results: 32-bit words, in this order. Read by the kernels
 * and by the lowering in `src/backends/wasm/lower`. "Bytes" are distances; a chunk count is a grid's extent along an
 * axis. Those of convolution and pooling are apart (params.ts): pages fetch them with these kernels.
 */

/** Followed by `Rank` times (size, bytes in A, bytes in B): the batch axes. */
export enum GemmParam {
  A, B, C, Program,
  /** Operands of the tiles' epilogue (columnEpilogue.ts) instead of a program, or 0. */
  ColumnEpilogue,
  Rows, Columns, Depth,
  ARowBytes, ATransposed, BRowBytes, BTransposed,
  RowsPerChunk, RowChunks, ColumnsPerChunk, ColumnChunks, DepthPerChunk, MatricesPerChunk, MatrixChunks,
  /** Columns and depth of the block of B that is packed at a time. */
  BlockColumns, BlockDepth,
  Matrices, Rank,
}

/** A large matrix times at most 4 vectors. Followed by `Rank` times (size, bytes in the matrix, in the vectors). */
export enum GemvParam {
  Matrix, Vectors, C, Program,
  /** Outputs per vector, terms per output, number of vectors. */
  Size, Depth, Count,
  /** 1: a row of the matrix holds the terms of one output; 0: it holds one term of every output. */
  RowPerOutput, RowBytes,
  /** From a vector to the next, and from one of its elements to the next (4 if `RowPerOutput`). */
  VectorBytes, ElementBytes,
  SizePerChunk, SizeChunks,
  /** 1: C is [count, size]; 0: C is [size, count]. */
  VectorMajor,
  Rank,
}

/** Adds `Partials` arrays in index order into `Result` (none: it is there already), then runs the epilogue. */
export enum FinishParam {
  Result, Program, Source, Partials, Size, SizePerChunk,
}
