/** The kernel's gradient: partial sums over fixed ranges of pixels, and how the result is cut beside that. */
import { Kernel } from "../../../../assembly/kernels.ts";
import { ConvWeightGradParam, WindowParam } from "../../../../assembly/params.ts";
import type { ConvKernel, Window2d } from "../../../kernel/types.ts";
import { type Command, valueAddress, type Word } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { roundUp, wantedChunks } from "./gemm.ts";
import { parameters } from "./parameters.ts";
import { finish, MAX_PARTIALS, rawResult } from "./rawResult.ts";
import { resultShape, windowWords } from "./window.ts";

/** Pixels of a packed block, and the fewest that are worth a partial sum. */
const BLOCK_DEPTH = 256;
const MIN_PIXELS = 512;
/** Rows and columns of one chunk's result: enough to make packing cheap, few enough to share out large kernels. */
const CHUNK_ROWS = 512;
const CHUNK_COLUMNS = 256;

export function lowerConvWeightGrad(kernel: ConvKernel, context: LowerContext): Command[] {
  const { window, inputs, outputs } = kernel;
  const { groups, kernelHeight, kernelWidth, inChannels, outChannels } = window;
  const rows = kernelHeight * kernelWidth * (inChannels / groups);
  const pixels = window.batch * window.outHeight * window.outWidth;
  const to = rawResult(kernel, resultShape(kernel), "float32", context);
  if (to.size === 0) return [];

  const { rowChunks, columnChunks } = piecesOf(window, context);
  const wanted = Math.ceil(
    wantedChunks(2 * rows * outChannels * pixels, context) / (rowChunks * columnChunks),
  );
  const most = Math.min(wanted, MAX_PARTIALS, Math.max(1, Math.floor(pixels / context.grain(MIN_PIXELS))));
  const pixelsPerPartial = Math.max(1, Math.ceil(pixels / most));
  const partials = Math.max(1, Math.ceil(pixels / pixelsPerPartial));
  const parts = partials > 1 ? context.workspace(partials * to.size * 4) : undefined;

  const product: Command = {
    kernel: Kernel.ConvWeightGrad,
    chunks: rowChunks * columnChunks * partials,
    params: parameters(
      { ...WindowParam, ...ConvWeightGradParam },
      weightGradWords(kernel, context, parts ?? to.address, pixelsPerPartial),
    ),
    reads: inputs,
    writes: outputs,
    usesWorkspace: to.usesWorkspace || parts !== undefined,
  };
  return [product, ...finish(kernel, to, context, parts, parts ? partials : 0)];
}

/** How a partial sum is cut into chunks: rows (tap, channel) and columns. */
function piecesOf(
  { kernelHeight, kernelWidth, inChannels, outChannels, groups }: Window2d,
  { grain }: LowerContext,
) {
  const rows = kernelHeight * kernelWidth * (inChannels / groups);
  const columns = outChannels / groups;
  const rowsPerChunk = Math.min(roundUp(rows, 4), grain(CHUNK_ROWS));
  const columnsPerChunk = Math.min(columns, grain(CHUNK_COLUMNS));
  return {
    rowsPerChunk,
    columnsPerChunk,
    rowChunks: Math.ceil(rows / rowsPerChunk),
    columnChunks: Math.ceil(columns / columnsPerChunk),
  };
}

/** The words of `WindowParam` and `ConvWeightGradParam`. */
export function weightGradWords(
  { window, inputs }: ConvKernel,
  context: LowerContext,
  address: Word,
  pixelsPerPartial: number,
) {
  const pieces = piecesOf(window, context);
  return {
    ...windowWords(window),
    X: valueAddress(inputs[0]),
    Dy: valueAddress(inputs[1]),
    Result: address,
    Groups: window.groups,
    PixelsPerPartial: pixelsPerPartial,
    RowsPerChunk: pieces.rowsPerChunk,
    RowChunks: pieces.rowChunks,
    ColumnsPerChunk: pieces.columnsPerChunk,
    ColumnChunks: pieces.columnChunks,
    BlockDepth: context.grain(BLOCK_DEPTH),
  };
}
