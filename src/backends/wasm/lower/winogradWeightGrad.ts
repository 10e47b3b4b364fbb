/** Winograd's form of the kernel's gradient: which convolutions take it, and how it is cut. */
import { Kernel } from "../../../../assembly/kernels.ts";
import { ConvWeightGradParam, WindowParam, WinogradWeightGradParam } from "../../../../assembly/params.ts";
import type { ConvKernel } from "../../../kernel/types.ts";
import type { Command } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { weightGradWords } from "./convWeightGrad.ts";
import { evenCount, roundUp, wantedChunks } from "./gemm.ts";
import { parameters } from "./parameters.ts";
import { finish, MAX_PARTIALS, rawResult } from "./rawResult.ts";
import { resultShape } from "./window.ts";
import { BLOCK_BYTES, PRODUCTS } from "./winograd.ts";

/** Distance between matrices beyond their size, as in `assembly/winogradTiles.ts`. */
const SKEW = 64;
/** With more, a block has too few tiles to pay for adding its products to the sums. */
const MAX_CHANNELS = 128;
const MIN_CHANNELS = 16;

/** Whether that pays. Partial sums are those of whole images, so that few images are few threads' work. */
export function prefersWinogradWeightGrad({ window }: ConvKernel): boolean {
  const { batch, inChannels, outChannels, outHeight, outWidth } = window;
  const channels = [inChannels, outChannels];
  return (
    batch >= 8 && outHeight * outWidth >= 16 && channels.every((n) => n >= MIN_CHANNELS && n <= MAX_CHANNELS)
  );
}

export function lowerWinogradWeightGrad(kernel: ConvKernel, context: LowerContext): Command[] {
  const { window, inputs, outputs } = kernel;
  const { batch, inChannels, outChannels, outHeight, outWidth } = window;
  const to = rawResult(kernel, resultShape(kernel), "float32", context);
  if (to.size === 0) return [];
  const tiles = Math.ceil(outHeight / 2) * Math.ceil(outWidth / 2);
  const wanted = wantedChunks(2 * PRODUCTS * batch * tiles * inChannels * outChannels, context);
  const imagesPerPartial = Math.max(1, Math.ceil(batch / Math.min(wanted, MAX_PARTIALS)));
  const partials = Math.max(1, Math.ceil(batch / imagesPerPartial));
  const parts = partials > 1 ? context.workspace(partials * to.size * 4) : undefined;
  const fitting = Math.floor(
    context.grain(BLOCK_BYTES) / (PRODUCTS * 4 * (inChannels + roundUp(outChannels, 8))),
  );
  const product: Command = {
    kernel: Kernel.WinogradWeightGrad,
    chunks: partials,
    params: parameters(
      { ...WindowParam, ...ConvWeightGradParam, ...WinogradWeightGradParam },
      {
        ...weightGradWords(kernel, context, parts ?? to.address, imagesPerPartial * outHeight * outWidth),
        Products: context.workspace(partials * PRODUCTS * (inChannels * outChannels * 4 + SKEW)),
        ImagesPerPartial: imagesPerPartial,
        BlockTiles: roundUp(evenCount(imagesPerPartial * tiles, Math.max(4, fitting & ~3)), 4),
      },
    ),
    reads: inputs,
    writes: outputs,
    usesWorkspace: true,
  };
  return [product, ...finish(kernel, to, context, parts, parts ? partials : 0)];
}
