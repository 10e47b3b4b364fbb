/** Convolution and pooling: a chunk of its own, which a page fetches with its first network that has them. */
import type { ConvKernel, PoolKernel } from "../../../kernel/types.ts";
import type { Command } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { lowerConv } from "./conv.ts";
import { lowerPool } from "./pool.ts";

export const lowerWindow = (kernel: ConvKernel | PoolKernel, context: LowerContext): Command[] =>
  "op" in kernel ? lowerPool(kernel, context) : lowerConv(kernel, context);
