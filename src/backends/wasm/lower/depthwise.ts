/**
 * Depthwise convolution, one kernel plane per channel: the whole triple; and the sliding kernel, which first layers
 * share with it.
 */
import { Kernel } from "../../../../assembly/kernels.ts";
import { MAX_COLUMNS } from "../../../../assembly/limits.ts";
import { ConvParam } from "../../../../assembly/params.ts";
import type { ConvKernel } from "../../../kernel/types.ts";
import { type Command, valueAddress, type Word } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { evenCount, pixelsPerChunk, roundUp, wantedChunks } from "./gemm.ts";
import { parameters } from "./parameters.ts";
import { finish, MAX_PARTIALS, rawResult } from "./rawResult.ts";
import { type Direction, direction, type Phase, phaseWords, resultShape, tapWords } from "./window.ts";

/** A depthwise flop costs about two of a product's. */
const COST = 2;
/** Pixels this many channels apart compete for the same places of the first cache, too few for a row of them. */
const CONFLICT = 256;
/** Pixels that are worth a partial sum of the kernel's gradient. */
const MIN_PIXELS = 64;

export function lowerDepthwise(kernel: ConvKernel, context: LowerContext): Command[] {
  if (kernel.kind === "convWeightGrad") return weightGrad(kernel, context);
  return lowerPerPixel(kernel, context, slides(kernel, context) ? Kernel.ConvSlide : Kernel.Depthwise);
}

/** Whether the sliding kernel can and should compute a convolution, if it is depthwise or reads few channels. */
export function slides({ kind, window }: ConvKernel, { choices }: LowerContext): boolean {
  const { kernelWidth, strides, dilation, outChannels } = window;
  const can = kernelWidth === 3 && strides[1] <= (kind === "conv" ? 2 : 1) && dilation[1] === 1;
  return can && (choices.conv ? choices.conv === "slide" : outChannels >= 4 && outChannels % CONFLICT !== 0);
}

/** conv or convInputGrad by a kernel whose chunks are pixels with all their channels. */
export function lowerPerPixel(
  kernel: ConvKernel,
  context: LowerContext,
  id: Kernel.ConvSlide | Kernel.Depthwise,
): Command[] {
  const { batch, inChannels, groups } = kernel.window;
  const geometry = direction(kernel);
  const { phases, result } = geometry;
  const to = rawResult(kernel, resultShape(kernel), "float32", context);
  if (to.size === 0) return [];
  const commands = phases.map((phase): Command => {
    const pixels = batch * phase.gridHeight * phase.gridWidth;
    const flops = 2 * pixels * (inChannels / groups) * result.channels * phase.taps.length * COST;
    const perChunk = pixelsPerChunk(pixels, result.channels, flops, context);
    return {
      kernel: id,
      chunks: Math.ceil(pixels / perChunk),
      params: words(kernel, geometry, phase, {
        Source: valueAddress(kernel.inputs[0]),
        Kernel: valueAddress(kernel.inputs[1]),
        Result: to.address,
        Program: phases.length === 1 ? to.program : 0,
        PixelsPerChunk: perChunk,
        ColumnChunks: 1,
        BlockColumns: MAX_COLUMNS,
      }),
      reads: kernel.inputs,
      writes: kernel.outputs,
      usesWorkspace: to.usesWorkspace,
    };
  });
  return phases.length === 1 ? commands : [...commands, ...finish(kernel, to, context)];
}

/** Partial sums over ranges of pixels; blocks of channels beside them where pixels are few. */
function weightGrad(kernel: ConvKernel, context: LowerContext): Command[] {
  const { window, inputs, outputs } = kernel;
  const { batch, inChannels } = window;
  const to = rawResult(kernel, resultShape(kernel), "float32", context);
  if (to.size === 0) return [];
  const geometry = direction(kernel);
  const [phase] = geometry.phases;
  const pixels = batch * phase.gridHeight * phase.gridWidth;
  const wanted = wantedChunks(2 * pixels * inChannels * phase.taps.length * COST, context);
  const most = Math.min(wanted, MAX_PARTIALS, Math.floor(pixels / context.grain(MIN_PIXELS)));
  const perPartial = roundUp(evenCount(pixels, Math.ceil(pixels / Math.max(1, most))), 4);
  const partials = Math.max(1, Math.ceil(pixels / perPartial));
  const blockChannels = Math.min(MAX_COLUMNS, roundUp(Math.ceil((inChannels * partials) / wanted), 16));
  const blocks = Math.ceil(inChannels / blockChannels);
  const parts = partials > 1 ? context.workspace(partials * to.size * 4) : undefined;
  const product: Command = {
    kernel: Kernel.DepthwiseWeightGrad,
    chunks: partials * blocks,
    params: words(kernel, geometry, phase, {
      Source: valueAddress(inputs[0]),
      Kernel: parts ?? to.address,
      Result: valueAddress(inputs[1]),
      Program: 0,
      PixelsPerChunk: perPartial,
      ColumnChunks: blocks,
      BlockColumns: blockChannels,
    }),
    reads: inputs,
    writes: outputs,
    usesWorkspace: to.usesWorkspace || parts !== undefined,
  };
  return [product, ...finish(kernel, to, context, parts, parts ? partials : 0)];
}

type Own = "Source" | "Kernel" | "Result" | "Program" | "PixelsPerChunk" | "ColumnChunks" | "BlockColumns";

/** The layout is that of the direct convolution; what only it needs stays 0. */
function words({ window }: ConvKernel, geometry: Direction, phase: Phase, own: Record<Own, Word>): Word[] {
  return parameters(
    ConvParam,
    {
      ...phaseWords(phase, geometry, window.batch),
      ...own,
      Channels: window.inChannels / window.groups,
      Groups: window.groups,
      Columns: window.outChannels / window.groups,
      KernelTapBytes: (window.inChannels / window.groups) * window.outChannels * 4,
      KernelGroupBytes: 0,
      KernelRowBytes: window.outChannels * 4,
      KernelTransposed: 0,
      ColumnsPerChunk: 1,
      BlockTaps: 0,
      BlockChannels: 0,
      Unfold: 0,
      Taps: phase.taps.length,
    },
    tapWords(phase.taps),
  );
}
