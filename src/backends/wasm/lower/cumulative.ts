/** Running sums and products. */
import { Kernel } from "../../../../assembly/kernels.ts";
import type { CumulativeKernel } from "../../../kernel/types.ts";
import type { Command } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { CHUNK_ELEMENTS, lineCommand } from "./lines.ts";

export function lowerCumulative(kernel: CumulativeKernel, { grain }: LowerContext): Command[] {
  const special = { Variant: Number(kernel.op === "prod"), Reverse: Number(kernel.reverse) };
  return [lineCommand(kernel, Kernel.Cumulative, grain(CHUNK_ELEMENTS), special)];
}
