/** Pooling: by output rows forwards; the gradient by image, as its windows may overlap. */
import { Kernel } from "../../../../assembly/kernels.ts";
import { PoolMode, PoolParam, WindowParam } from "../../../../assembly/params.ts";
import type { PoolKernel, Window2d } from "../../../kernel/types.ts";
import { type Command, valueAddress } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { evenCount, roundUp, wantedChunks } from "./gemm.ts";
import { parameters } from "./parameters.ts";
import { finish, rawResult } from "./rawResult.ts";
import { windowWords } from "./window.ts";

/** A step of a window costs about as much as this many flops of a product. */
const COST = 8;
/** Channels that are worth a chunk of their own: a cache line. */
const MIN_CHANNELS = 16;

export function lowerPool(kernel: PoolKernel, context: LowerContext): Command[] {
  const { kind, op, window, inputs } = kernel;
  const { batch, inChannels } = window;
  const isGrad = kind === "poolGrad";
  const [height, width] = isGrad ? [window.inHeight, window.inWidth] : [window.outHeight, window.outWidth];
  const to = rawResult(kernel, [batch, height, width, inChannels], "float32", context);
  if (to.size === 0) return [];

  const windows = batch * window.outHeight * window.outWidth * inChannels;
  const wanted = wantedChunks(windows * window.kernelHeight * window.kernelWidth * COST, context);
  const rows = batch * height;
  const rowsPerChunk = evenCount(rows, Math.ceil(rows / wanted));
  const blocks = Math.ceil(wanted / batch);
  const channelsPerChunk = Math.min(
    inChannels,
    roundUp(Math.ceil(inChannels / blocks), context.grain(MIN_CHANNELS)),
  );
  const channelChunks = Math.ceil(inChannels / channelsPerChunk);
  // With an image cut into blocks of channels its epilogue has to wait for all of them.
  const finishes = isGrad && channelChunks > 1;
  const command: Command = {
    kernel: isGrad ? Kernel.PoolGrad : Kernel.Pool,
    chunks: isGrad ? batch * channelChunks : Math.ceil(rows / rowsPerChunk),
    params: parameters(
      { ...WindowParam, ...PoolParam },
      {
        ...windowWords(window),
        X: valueAddress(inputs[0]),
        // The gradient of a sum does not read x.
        G: kind === "pool" ? 0 : valueAddress(inputs[isGrad && op === "sum" ? 0 : 1]),
        Result: to.address,
        Program: finishes ? 0 : to.program,
        Mode: kind === "poolTake" ? PoolMode.Take : op === "max" ? PoolMode.Max : PoolMode.Sum,
        RowsPerChunk: rowsPerChunk,
        ChannelsPerChunk: channelsPerChunk,
        ChannelChunks: channelChunks,
        Tiles: Number(tiles(window)),
      },
    ),
    reads: inputs,
    writes: kernel.outputs,
    usesWorkspace: to.usesWorkspace,
  };
  return finishes ? [command, ...finish(kernel, to, context)] : [command];
}

/** Whether every element of the input is in exactly one window. */
const tiles = (window: Window2d): boolean =>
  ([0, 1] as const).every((axis) => {
    const [size, kernel, count] =
      axis === 0
        ? [window.inHeight, window.kernelHeight, window.outHeight]
        : [window.inWidth, window.kernelWidth, window.outWidth];
    const stride = window.strides[axis];
    const [low] = window.padding[axis];
    return window.dilation[axis] === 1 && stride === kernel && low >= 0 && count * stride - low >= size;
  });
