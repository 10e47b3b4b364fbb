/** Winograd's form of a 3 × 3 convolution: which convolutions take it, and how it is cut. */
import { Kernel } from "../../../../assembly/kernels.ts";
import { WinogradParam } from "../../../../assembly/params.ts";
import type { ConvKernel, Window2d } from "../../../kernel/types.ts";
import { type Command, valueAddress } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { evenCount, HOT_BYTES, roundUp, wantedChunks } from "./gemm.ts";
import { parameters } from "./parameters.ts";
import { finish, rawResult, runsEpilogue } from "./rawResult.ts";
import { resultShape } from "./window.ts";

export const PRODUCTS = 16;
/** Pixels of a tile's side. */
const TILE = 2;
/** Bytes of a block's transformed tiles and of their products: a thread's packed block, and what a cache holds. */
export const BLOCK_BYTES = 400 << 10;
/** A border tile is copied to 64 KB. */
const MAX_CHANNELS = 1024;
/** Fewer than this use the transformed kernel too seldom. */
const MIN_TILES = 40;
/** Columns of a block, where there are more. */
const BLOCK_COLUMNS = 64;

/** Whether the kernel has a Winograd form at all: no empty sums. */
export const hasWinograd = ({ window }: ConvKernel): boolean =>
  window.batch > 0 &&
  window.groups === 1 &&
  window.kernelHeight === 3 &&
  window.kernelWidth === 3 &&
  [...window.strides, ...window.dilation].every((n) => n === 1) &&
  [window.inChannels, window.outChannels].every((n) => n > 0 && n % 4 === 0 && n <= MAX_CHANNELS);

/** Whether that pays: the kernel's transform and the panels must be used by enough tiles. */
export function prefersWinograd(kernel: ConvKernel): boolean {
  const { tileRows, across } = tiling(kernel);
  const { inChannels, outChannels } = kernel.window;
  return tileRows * across >= MIN_TILES && Math.min(inChannels, outChannels) >= 16;
}

interface Map2d {
  readonly height: number;
  readonly width: number;
}

/** Sizes of the maps, channels read and written, padding before the source. */
function geometry({ kind, window }: ConvKernel) {
  const input: Map2d = { height: window.inHeight, width: window.inWidth };
  const output: Map2d = { height: window.outHeight, width: window.outWidth };
  const [[top], [left]] = window.padding;
  return kind === "convInputGrad"
    ? {
        source: output,
        result: input,
        channels: window.outChannels,
        columns: window.inChannels,
        top: 2 - top,
        left: 2 - left,
      }
    : { source: input, result: output, channels: window.inChannels, columns: window.outChannels, top, left };
}

function tiling(kernel: ConvKernel) {
  const { result } = geometry(kernel);
  const down = Math.ceil(result.height / TILE);
  return { down, across: Math.ceil(result.width / TILE), tileRows: down * kernel.window.batch };
}

/** How the tiles and the columns are cut into chunks, and those into blocks. */
function cut(kernel: ConvKernel, context: LowerContext) {
  const { result, channels, columns } = geometry(kernel);
  const { across, tileRows } = tiling(kernel);
  const tileFlops = 2 * PRODUCTS * channels * columns;
  const wanted = Math.max(
    wantedChunks(tileRows * across * tileFlops, context),
    Math.ceil((result.height * result.width * kernel.window.batch * columns * 4) / context.grain(HOT_BYTES)),
  );
  const rowsPerChunk = Math.ceil(tileRows / Math.min(tileRows, wanted));
  const rowChunks = Math.ceil(tileRows / rowsPerChunk);
  const columnsPerChunk = roundUp(Math.ceil(columns / Math.max(1, Math.floor(wanted / rowChunks))), 8);
  const columnChunks = Math.ceil(columns / columnsPerChunk);
  const blockColumns = Math.min(columnsPerChunk, roundUp(context.grain(BLOCK_COLUMNS), 8), columns);
  const fitting = Math.floor(context.grain(BLOCK_BYTES) / (PRODUCTS * 4 * (channels + blockColumns)));
  const blockTiles = roundUp(evenCount(rowsPerChunk * across, Math.max(4, fitting & ~3)), 4);
  return { rowsPerChunk, rowChunks, columnsPerChunk, columnChunks, blockColumns, blockTiles };
}

/** The transform of the kernel, a prepack where the kernel is constant; then the convolution. */
export function lowerWinograd(kernel: ConvKernel, context: LowerContext): Command[] {
  const to = rawResult(kernel, resultShape(kernel), "float32", context);
  if (to.size === 0) return [];
  const { source, result, channels, columns, top, left } = geometry(kernel);
  const { down, across, tileRows } = tiling(kernel);
  const { rowChunks, ...pieces } = cut(kernel, context);
  const filterBytes = PRODUCTS * channels * roundUp(columns, 8) * 4;
  const cached = context.cache(kernel.inputs[1], filterBytes);
  const isFinished = runsEpilogue(pieces.columnsPerChunk, columns, context);
  const params = parameters(WinogradParam, {
    Source: valueAddress(kernel.inputs[0]),
    ...taps(kernel),
    Filter: cached ?? context.workspace(filterBytes),
    Result: to.address,
    Program: isFinished ? to.program : 0,
    SourceHeight: source.height,
    SourceWidth: source.width,
    ResultHeight: result.height,
    ResultWidth: result.width,
    Channels: channels,
    Columns: columns,
    Top: top,
    Left: left,
    TilesAcross: across,
    TilesDown: down,
    TileRows: tileRows,
    RowsPerChunk: pieces.rowsPerChunk,
    ColumnsPerChunk: pieces.columnsPerChunk,
    ColumnChunks: pieces.columnChunks,
    BlockTiles: pieces.blockTiles,
    BlockColumns: pieces.blockColumns,
  });
  const isPrepack = cached !== undefined;
  return [
    {
      kernel: Kernel.WinogradFilter,
      isPrepack,
      chunks: Math.ceil(columns / 8),
      params,
      reads: [kernel.inputs[1]],
      writes: [],
      usesWorkspace: !isPrepack,
    },
    {
      kernel: Kernel.Winograd,
      chunks: rowChunks * pieces.columnChunks,
      params,
      reads: kernel.inputs,
      writes: kernel.outputs,
      usesWorkspace: !isPrepack || to.usesWorkspace,
    },
    ...(isFinished ? [] : finish(kernel, to, context)),
  ];
}

/** Addresses and distances of the kernel's elements; for the input gradient turned around and transposed. */
function taps({ kind, inputs, window }: ConvKernel) {
  const { inChannels, outChannels }: Window2d = window;
  const tap = inChannels * outChannels;
  return kind === "conv"
    ? { Kernel: valueAddress(inputs[1]), RowBytes: outChannels * 4, ColumnBytes: 4, TapBytes: tap * 4 }
    : {
        Kernel: valueAddress(inputs[1], 8 * tap),
        RowBytes: 4,
        ColumnBytes: outChannels * 4,
        TapBytes: -tap * 4,
      };
}
