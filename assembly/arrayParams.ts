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
  Reduction, Prologue, Epilogue, Result,
  Outer, Length, Inner,
  /** Outer rows per chunk, or columns. */
  Block,
  Blocks,
  LengthPerPart,
}

/** Joins `Parts` partial results of `Size` elements each in index order, then runs the epilogue. */
export enum ReducePartsParam {
  Reduction, Epilogue, Source, Result, Parts, Size, SizePerChunk,
}

/** Rows of `Length` floats. */
export enum SoftmaxParam {
  Input, Result, Rows, Length, Log, RowsPerChunk,
}

/** Element types of the kernels below. */
export enum Element {
  Float, Int, Uint,
}

/** Lines run along the middle of [outer, length, inner]; a chunk is a range of lines. */
export enum LineParam {
  Input, Result, Element, Outer, Length, Inner, LinesPerChunk,
  /** 1: the smallest (argReduce), products (cumulative), descending (sort). */
  Variant,
  /** Cumulative: from the end. */
  Reverse,
  /** Sort: where indices go, and room for 16 · `Length` bytes per chunk, or 0 for scratch memory. */
  Indices, Room,
}

/** x is [outer, length, inner]; `Along`: an index per element, else one per row. */
export enum GatherParam {
  Input, Indices, Result, Along, Outer, Length, Inner, Count, RowsPerChunk,
}

/** A chunk owns `Block` of the `Length` rows that one outer row has, and applies the updates that fall there. */
export enum ScatterParam {
  Input, Indices, Updates, Result, Along, Outer, Length, Inner, Count, Block, Blocks,
  /** 0: sets, else adds. */
  Add,
  Element,
}
