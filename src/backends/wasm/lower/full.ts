/** Kernels of the full binary alone: a chunk of its own, which a page fetches with its first network that has them. */
import type { ConvKernel, CumulativeKernel, PoolKernel, SortKernel } from "../../../kernel/types.ts";
import type { Command } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { lowerConv } from "./conv.ts";
import { lowerCumulative } from "./cumulative.ts";
import { lowerPool } from "./pool.ts";
import { lowerSort } from "./sort.ts";

export type FullKernel = ConvKernel | PoolKernel | CumulativeKernel | SortKernel;

export function lowerFull(kernel: FullKernel, context: LowerContext): Command[] {
  if ("window" in kernel) return "op" in kernel ? lowerPool(kernel, context) : lowerConv(kernel, context);
  return kernel.kind === "sort" ? lowerSort(kernel, context) : lowerCumulative(kernel, context);
}
