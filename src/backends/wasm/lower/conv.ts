/** The convolution triple: which kernel computes each member, and how it is cut. */
import { Kernel } from "../../../../assembly/kernels.ts";
import { ConvParam } from "../../../../assembly/params.ts";
import type { ConvKernel, MatmulKernel, Operand, Window2d } from "../../../kernel/types.ts";
import { type Command, valueAddress } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { lowerConvWeightGrad } from "./convWeightGrad.ts";
import { lowerDepthwise, lowerPerPixel, slides } from "./depthwise.ts";
import { blockColumns, evenCount, tileGrid } from "./gemm.ts";
import { lowerMatmul } from "./matmul.ts";
import { parameters } from "./parameters.ts";
import { finish, rawResult, runsEpilogue } from "./rawResult.ts";
import { direction, type Phase, phaseWords, resultShape, tapWords } from "./window.ts";
import { hasWinograd, lowerWinograd, prefersWinograd } from "./winograd.ts";
import { lowerWinogradWeightGrad, prefersWinogradWeightGrad } from "./winogradWeightGrad.ts";

/** Fewer channels than this and pixels slide past the kernel, or a window is unfolded into one row. */
const FEW_CHANNELS = 4;
/** Depth of a packed block of the kernel, and the channels in it when they alone are more. */
const BLOCK_DEPTH = 640;
const MAX_BLOCK_CHANNELS = 512;

export function lowerConv(kernel: ConvKernel, context: LowerContext): Command[] {
  const { window } = kernel;
  if (isDepthwise(window)) return lowerDepthwise(kernel, context);
  if (isPointwise(window)) return lowerMatmul(pointwise(kernel), context, resultShape(kernel));
  const takesWinograd = (prefers: (kernel: ConvKernel) => boolean): boolean => {
    const { conv } = context.choices;
    return hasWinograd(kernel) && (conv ? conv === "winograd" : prefers(kernel));
  };
  if (kernel.kind === "convWeightGrad") {
    return takesWinograd(prefersWinogradWeightGrad)
      ? lowerWinogradWeightGrad(kernel, context)
      : lowerConvWeightGrad(kernel, context);
  }
  if (kernel.kind === "conv" && hasFewChannels(window) && slides(kernel, context)) {
    return lowerPerPixel(kernel, context, Kernel.ConvSlide);
  }
  return takesWinograd(prefersWinograd) ? lowerWinograd(kernel, context) : lowerDirect(kernel, context);
}

const isDepthwise = ({ groups, inChannels, outChannels }: Window2d): boolean =>
  groups > 1 && groups === inChannels && groups === outChannels;

const hasFewChannels = ({ groups, inChannels }: Window2d): boolean =>
  groups === 1 && inChannels > 0 && inChannels < FEW_CHANNELS;

const isPointwise = (window: Window2d): boolean =>
  window.groups === 1 &&
  window.kernelHeight === 1 &&
  window.kernelWidth === 1 &&
  window.strides.every((stride) => stride === 1) &&
  window.padding.flat().every((pad) => pad === 0);

/** A 1 × 1 convolution is a product over pixels. */
function pointwise(kernel: ConvKernel): MatmulKernel {
  const { window, inputs } = kernel;
  const { inChannels, outChannels } = window;
  const pixels = window.batch * window.outHeight * window.outWidth;
  const operand = (input: number, rowStride: number, transposed = false): Operand => ({
    input: inputs[input],
    offset: 0,
    rowStride,
    transposed,
    batchStrides: [],
  });
  const common = { ...kernel, kind: "matmul", dtype: "float32", batch: [] } as const;
  switch (kernel.kind) {
    case "conv":
      return {
        ...common,
        ...{ m: pixels, n: outChannels, k: inChannels },
        a: operand(0, inChannels),
        b: operand(1, outChannels),
      };
    case "convInputGrad":
      return {
        ...common,
        ...{ m: pixels, n: inChannels, k: outChannels },
        a: operand(0, outChannels),
        b: operand(1, outChannels, true),
      };
    case "convWeightGrad":
      return {
        ...common,
        ...{ m: inChannels, n: outChannels, k: pixels },
        a: operand(0, inChannels, true),
        b: operand(1, outChannels),
      };
  }
}

/** conv and convInputGrad, one command per phase of the stride. */
function lowerDirect(kernel: ConvKernel, context: LowerContext): Command[] {
  const { window } = kernel;
  const geometry = direction(kernel);
  const { source, result, phases } = geometry;
  const isForward = kernel.kind === "conv";
  const to = rawResult(kernel, resultShape(kernel), "float32", context);
  if (to.size === 0) return [];
  const choice = context.choices.conv;
  let isFinished = phases.length === 1;
  const channels = source.channels / window.groups;
  const columns = result.channels / window.groups;

  const commands = phases.map((phase: Phase): Command => {
    // No channels is no taps: an empty sum.
    const taps = channels === 0 ? [] : phase.taps;
    const pixels = window.batch * phase.gridHeight * phase.gridWidth;
    const grid = tileGrid(pixels, columns, taps.length * channels, window.groups, context);
    const columnChunks = Math.ceil(columns / grid.columnsPerChunk);
    isFinished &&= runsEpilogue(grid.columnsPerChunk, columns, context);
    const blockChannels = evenCount(channels, context.grain(MAX_BLOCK_CHANNELS));
    const blockTaps = evenCount(taps.length, Math.floor(context.grain(BLOCK_DEPTH) / blockChannels));
    return {
      kernel: Kernel.Conv,
      chunks: Math.ceil(pixels / grid.rowsPerChunk) * columnChunks,
      params: parameters(
        ConvParam,
        {
          Source: valueAddress(kernel.inputs[0]),
          Kernel: valueAddress(kernel.inputs[1]),
          Result: to.address,
          Program: isFinished ? to.program : 0,
          ...phaseWords(phase, geometry, window.batch),
          Channels: Math.max(1, channels),
          Groups: window.groups,
          Columns: columns,
          KernelTapBytes: (window.inChannels / window.groups) * window.outChannels * 4,
          KernelGroupBytes: (window.outChannels / window.groups) * 4,
          KernelRowBytes: window.outChannels * 4,
          KernelTransposed: Number(!isForward),
          PixelsPerChunk: grid.rowsPerChunk,
          ColumnsPerChunk: grid.columnsPerChunk,
          ColumnChunks: columnChunks,
          BlockColumns: blockColumns(blockTaps * blockChannels),
          BlockTaps: blockTaps,
          BlockChannels: blockChannels,
          Unfold: Number(taps.length > 0 && (choice ? choice === "unfold" : channels < FEW_CHANNELS)),
          Taps: taps.length,
        },
        tapWords(taps),
      ),
      reads: kernel.inputs,
      writes: kernel.outputs,
      usesWorkspace: to.usesWorkspace,
    };
  });
  return isFinished ? commands : [...commands, ...finish(kernel, to, context)];
}
