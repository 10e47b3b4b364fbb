/** Kernels over the lines along the middle of [outer, length, inner]: argReduce, cumulative, sort. */
import { Element, LineParam } from "../../../../assembly/arrayParams.ts";
import { Kernel } from "../../../../assembly/kernels.ts";
import { PROGRAM_SCRATCH } from "../../../../assembly/scratch.ts";
import type { DType } from "../../../base/dtype.ts";
import type { ArgReduceKernel, CumulativeKernel, SortKernel } from "../../../kernel/types.ts";
import { type Command, valueAddress } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { parameters } from "./parameters.ts";

/** Elements that are worth a chunk; sorting one costs about ten times as much. */
const CHUNK_ELEMENTS = 32768;
const SORT_CHUNK_ELEMENTS = 4096;
/** Chunks of a sort too long for scratch memory: each has room of its own. */
const MAX_LONG_SORTS = 8;
/** Bytes that a sort needs per element: twice a 64-bit word. */
const SORT_BYTES = 16;

export const ELEMENTS: Record<DType, Element> = {
  float32: Element.Float,
  int32: Element.Int,
  uint32: Element.Uint,
  bool: Element.Uint,
};

type LineKernel = ArgReduceKernel | CumulativeKernel | SortKernel;
type Special = Partial<Record<"Variant" | "Reverse" | "Indices" | "Room", Command["params"][number]>>;

export function lowerArgReduce(kernel: ArgReduceKernel, { grain }: LowerContext): Command[] {
  return [command(kernel, Kernel.ArgReduce, grain(CHUNK_ELEMENTS), { Variant: Number(kernel.op === "min") })];
}

export function lowerCumulative(kernel: CumulativeKernel, { grain }: LowerContext): Command[] {
  const special = { Variant: Number(kernel.op === "prod"), Reverse: Number(kernel.reverse) };
  return [command(kernel, Kernel.Cumulative, grain(CHUNK_ELEMENTS), special)];
}

export function lowerSort(kernel: SortKernel, context: LowerContext): Command[] {
  const { outer, length, inner, outputs, descending } = kernel;
  const special = { Variant: Number(descending), Indices: valueAddress(outputs[1]) };
  if (length * SORT_BYTES <= context.grain(PROGRAM_SCRATCH))
    return [command(kernel, Kernel.Sort, SORT_CHUNK_ELEMENTS, special)];
  const chunks = Math.min(outer * inner, MAX_LONG_SORTS);
  const room = context.workspace(chunks * length * SORT_BYTES);
  const elements = Math.ceil((outer * inner) / chunks) * length;
  return [{ ...command(kernel, Kernel.Sort, elements, { ...special, Room: room }), usesWorkspace: true }];
}

function command(kernel: LineKernel, id: Kernel, elements: number, special: Special): Command {
  const { outer, length, inner, dtype, inputs, outputs } = kernel;
  const linesPerChunk = Math.max(1, Math.floor(elements / Math.max(1, length)));
  return {
    kernel: id,
    chunks: Math.ceil((outer * inner) / linesPerChunk),
    params: parameters(LineParam, {
      Input: valueAddress(inputs[0]),
      Target: valueAddress(outputs[0]),
      Element: ELEMENTS[dtype],
      Outer: outer,
      Length: length,
      Inner: inner,
      LinesPerChunk: linesPerChunk,
      Variant: 0,
      Reverse: 0,
      Indices: 0,
      Room: 0,
      ...special,
    }),
    reads: inputs,
    writes: outputs,
  };
}
