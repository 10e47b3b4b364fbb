/**
 * Parameter layouts of convolution and pooling: 32-bit words, in this order. Read by the kernels and by the lowering in
 * `src/backends/wasm/lower`. "Bytes" are distances; a chunk count is a grid's extent along an axis.
 */

/** Followed by `Taps` times (index of the tap in the kernel, y offset, x offset into the source). */
export enum ConvParam {
  Source, Kernel, Result, Program,
  /** Feature map that is read. `Channels` are those of one group. */
  SourceHeight, SourceWidth, SourceImageBytes, SourcePixelBytes, Channels, SourceStepY, SourceStepX,
  /** Pixels that are written: a grid per image at (origin + step · index). */
  GridHeight, GridWidth, Pixels, OriginY, OriginX, StepY, StepX,
  ResultHeight, ResultWidth, ResultPixelBytes,
  Groups,
  /** Columns of one group: its output channels. */
  Columns,
  KernelTapBytes, KernelGroupBytes, KernelRowBytes, KernelTransposed,
  PixelsPerChunk, ColumnsPerChunk, ColumnChunks,
  /** Block of the kernel that is packed at a time. */
  BlockColumns, BlockTaps, BlockChannels,
  /** 1: copies a pixel's whole window to one row (few channels) instead of pointing to its taps. */
  Unfold,
  Taps,
}

/**
 * A 3 × 3 convolution in tiles of 2 × 2 pixels. `Channels` are read, `Columns` written; an element of the kernel lies
 * at (tap, channel, column) times `TapBytes`, `RowBytes`, `ColumnBytes`, its transform at `Filter`.
 */
export enum WinogradParam {
  Source, Kernel, Filter, Result, Program,
  SourceHeight, SourceWidth, ResultHeight, ResultWidth, Channels, Columns, Top, Left,
  RowBytes, ColumnBytes, TapBytes,
  /** Tiles of an image along each axis, and rows of tiles in all images. */
  TilesAcross, TilesDown, TileRows,
  RowsPerChunk, ColumnsPerChunk, ColumnChunks,
  /** What is transformed at a time. */
  BlockTiles, BlockColumns,
}

/** Geometry shared by the window kernels below, which come first in their layouts. */
export enum WindowParam {
  InHeight, InWidth, OutHeight, OutWidth, KernelHeight, KernelWidth,
  StrideY, StrideX, DilationY, DilationX, Top, Left,
  /** Channels of the input and the output map, all groups together. */
  InChannels, OutChannels,
  Batch,
}

export enum ConvWeightGradParam {
  X = WindowParam.Batch + 1, Dy, Result, Groups,
  /** Each range of pixels has its own sum: as many times the result's size are written. */
  PixelsPerPartial,
  /** Grid over the result's rows (tap, input channel) and its columns. */
  RowsPerChunk, RowChunks, ColumnsPerChunk, ColumnChunks,
  BlockDepth,
}

/** Follows {@link ConvWeightGradParam}. */
export enum WinogradWeightGradParam {
  /** Per partial sum 16 matrices. */
  Products = ConvWeightGradParam.BlockDepth + 1,
  ImagesPerPartial, BlockTiles,
}

export enum PoolMode {
  Max, Sum, Take,
}

export enum PoolParam {
  X = WindowParam.Batch + 1,
  /** What Take picks from; dy, for the gradient. */
  G, Result, Program, Mode,
  /** pool: output rows of a chunk; poolGrad: one image and some channels. */
  RowsPerChunk, ChannelsPerChunk, ChannelChunks,
  /** poolGrad: 1 if every element of the input is in exactly one window. */
  Tiles,
}
