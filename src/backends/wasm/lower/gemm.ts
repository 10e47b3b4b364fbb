/** How a matrix product is cut: chunks that threads claim, and the blocks that a chunk packs. Functions of shapes only. */
import { MAX_COLUMNS, PACKED_B_SIZE } from "../../../../assembly/limits.ts";
import type { LowerContext } from "./context.ts";
import { MAX_PARTIALS } from "./rawResult.ts";

/** Work that is worth a chunk (about 0.1 ms), and chunks that are enough for any number of threads. */
const CHUNK_FLOPS = 4e6;
const ENOUGH_CHUNKS = 32;
/**
 * A product has fewer and larger chunks, for each packs its part of B and reads its part of A from far: one from 2^30
 * operations on loses 1% to that, and 32 of a 1024³ product lose 10%.
 */
const ENOUGH_PRODUCT_CHUNKS = 8;
const LARGE_CHUNK_FLOPS = 2 ** 30;
/** Bytes of a chunk's result, so that its epilogue finds them in a cache. */
export const HOT_BYTES = 1 << 17;
/** With fewer pixels to a chunk than this, packing the kernel for each costs more than a few percent. */
const FEW_PIXELS = 96;
/** Rows that packing B for them alone costs a few percent; chunks of rows that any number of threads can share. */
const FEW_ROWS = 48;
const ENOUGH_ROW_CHUNKS = 8;
/** Pixels per column of a chunk, at most, where packing the kernel for each chunk costs more than reading pixels. */
const TALL = 4;
/** Depth that is worth a partial sum. */
const MIN_DEPTH = 256;
/** Fewer rows or columns than this are not halved. */
const MIN_SIDE = 64;
/** Depth of a packed block: 8 KB panels, a strip of A in 4 KB. */
const BLOCK_DEPTH = 256;

interface GemmGrid {
  readonly rowsPerChunk: number;
  readonly columnsPerChunk: number;
  readonly matricesPerChunk: number;
  readonly depthPerChunk: number;
  readonly rowChunks: number;
  readonly columnChunks: number;
  readonly matrixChunks: number;
  /** Partial sums, added by a later command when there are several. */
  readonly partials: number;
}

export const roundUp = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

/** Size of the pieces when `n` is cut evenly into pieces of at most `most`; at least 1. */
export const evenCount = (n: number, most: number): number =>
  Math.max(1, Math.ceil(n / Math.max(1, Math.ceil(n / Math.max(1, most)))));

export const blockDepth = (depth: number, { grain }: LowerContext): number =>
  roundUp(evenCount(depth, grain(BLOCK_DEPTH)), 4);

/** Columns of a packed block of B of this depth. */
export function blockColumns(depth: number): number {
  return Math.min(MAX_COLUMNS, Math.floor(PACKED_B_SIZE / Math.max(1, depth) / 8) * 8);
}

export const wantedChunks = (flops: number, { grain }: LowerContext): number =>
  Math.min(ENOUGH_CHUNKS, Math.max(1, Math.round(flops / grain(CHUNK_FLOPS))));

/** Ranges of pixels, in multiples of 4, for a map with `channels` per pixel. */
export function pixelsPerChunk(
  pixels: number,
  channels: number,
  flops: number,
  context: LowerContext,
): number {
  const hot = Math.ceil((pixels * channels * 4) / context.grain(HOT_BYTES));
  const wanted = Math.max(wantedChunks(flops, context), hot);
  return roundUp(Math.ceil(pixels / wanted), 4);
}

export function gemmGrid(
  matrices: number,
  rows: number,
  columns: number,
  depth: number,
  hasEpilogue: boolean,
  context: LowerContext,
): GemmGrid {
  const flops = 2 * rows * columns * depth * matrices;
  const enough = Math.max(ENOUGH_PRODUCT_CHUNKS, flops / context.grain(LARGE_CHUNK_FLOPS));
  const wanted = Math.min(matrices > 1 ? ENOUGH_CHUNKS : enough, wantedChunks(flops, context));
  const matrixChunks = Math.min(matrices, wanted);
  const matricesPerChunk = Math.ceil(matrices / matrixChunks);
  const pieces = Math.ceil(wanted / matrixChunks);

  const least = context.grain(MIN_DEPTH);
  const isDeep = matrices === 1 && depth >= 4 * Math.max(rows, columns, least);
  const partials = isDeep ? Math.min(MAX_PARTIALS, pieces, Math.floor(depth / least)) : 1;
  const depthPerChunk = roundUp(Math.ceil(depth / partials), 4);
  const hot = hasEpilogue && partials === 1 ? hotRows(rows, columns, pieces) : undefined;
  const { rowsPerChunk, columnsPerChunk } =
    hot ?? split(rows, columns, Math.ceil(pieces / partials), 1, context);
  return {
    rowsPerChunk,
    columnsPerChunk,
    matricesPerChunk,
    depthPerChunk,
    rowChunks: Math.ceil(rows / rowsPerChunk),
    columnChunks: Math.ceil(columns / columnsPerChunk),
    matrixChunks: Math.ceil(matrices / matricesPerChunk),
    partials: Math.max(1, Math.ceil(depth / Math.max(1, depthPerChunk))),
  };
}

/** Whole rows, so few that an epilogue finds them in a cache, if they are chunks enough and packing B for each pays. */
function hotRows(rows: number, columns: number, pieces: number) {
  const rowsPerChunk = roundUp(Math.floor(HOT_BYTES / (4 * columns)), 4);
  const isEnough = rows >= rowsPerChunk * Math.min(pieces, ENOUGH_ROW_CHUNKS);
  return rowsPerChunk >= FEW_ROWS && isEnough ? { rowsPerChunk, columnsPerChunk: columns } : undefined;
}

/** Chunks of a product of pixels × columns: all columns of every group, or some of the only group's. */
export function tileGrid(
  pixels: number,
  columns: number,
  depth: number,
  groups: number,
  context: LowerContext,
) {
  const flops = 2 * pixels * columns * groups * depth;
  const rowsPerChunk = pixelsPerChunk(pixels, columns * groups, flops, context);
  if (groups > 1 || rowsPerChunk >= FEW_PIXELS) return { rowsPerChunk, columnsPerChunk: columns };
  return split(pixels, columns, wantedChunks(flops, context), TALL, context);
}

/** Halves the columns of chunks up to `tallest` times as tall as wide, else the rows. */
function split(rows: number, columns: number, pieces: number, tallest: number, { grain }: LowerContext) {
  const least = Math.max(9, grain(MIN_SIDE));
  let rowsPerChunk = rows;
  let columnsPerChunk = columns;
  for (let made = 1; made < pieces; made *= 2) {
    if (columnsPerChunk >= least && columnsPerChunk * tallest >= rowsPerChunk) {
      columnsPerChunk = roundUp(columnsPerChunk / 2, 8);
    } else if (rowsPerChunk >= least) rowsPerChunk = roundUp(rowsPerChunk / 2, 4);
    else break;
  }
  return { rowsPerChunk, columnsPerChunk };
}
