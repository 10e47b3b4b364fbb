/** Sorting: in scratch memory where a line fits, else in workspace. */
import { Kernel } from "../../../../assembly/kernels.ts";
import { PROGRAM_SCRATCH } from "../../../../assembly/scratch.ts";
import type { SortKernel } from "../../../kernel/types.ts";
import { type Command, valueAddress } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { lineCommand } from "./lines.ts";

/** Elements that are worth a chunk. */
const CHUNK_ELEMENTS = 4096;
/** Chunks of a sort too long for scratch memory: each has room of its own. */
const MAX_LONG_SORTS = 8;
/** Bytes that a sort needs per element: twice a 64-bit word. */
const SORT_BYTES = 16;

export function lowerSort(kernel: SortKernel, context: LowerContext): Command[] {
  const { outer, length, inner, outputs, descending } = kernel;
  const special = { Variant: Number(descending), Indices: valueAddress(outputs[1]) };
  if (length * SORT_BYTES <= context.grain(PROGRAM_SCRATCH))
    return [lineCommand(kernel, Kernel.Sort, context.grain(CHUNK_ELEMENTS), special)];
  const chunks = Math.min(outer * inner, MAX_LONG_SORTS);
  const room = context.workspace(chunks * length * SORT_BYTES);
  const elements = Math.ceil((outer * inner) / chunks) * length;
  return [{ ...lineCommand(kernel, Kernel.Sort, elements, { ...special, Room: room }), usesWorkspace: true }];
}
