/** Kernels over the lines along the middle of [outer, length, inner]: what they share, and argReduce. */
import { Element, LineParam } from "../../../../assembly/arrayParams.ts";
import { Kernel } from "../../../../assembly/kernels.ts";
import type { DType } from "../../../base/dtype.ts";
import type { ArgReduceKernel, CumulativeKernel, SortKernel } from "../../../kernel/types.ts";
import { type Command, valueAddress } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { parameters } from "./parameters.ts";

/** Elements that are worth a chunk. */
export const CHUNK_ELEMENTS = 32768;

export const ELEMENTS: Record<DType, Element> = {
  float32: Element.Float,
  int32: Element.Int,
  uint32: Element.Uint,
  bool: Element.Uint,
};

type LineKernel = ArgReduceKernel | CumulativeKernel | SortKernel;
type Special = Partial<Record<"Variant" | "Reverse" | "Indices" | "Room", Command["params"][number]>>;

export function lowerArgReduce(kernel: ArgReduceKernel, { grain }: LowerContext): Command[] {
  return [
    lineCommand(kernel, Kernel.ArgReduce, grain(CHUNK_ELEMENTS), { Variant: Number(kernel.op === "min") }),
  ];
}

/** `elements` are worth a chunk. */
export function lineCommand(kernel: LineKernel, id: Kernel, elements: number, special: Special): Command {
  const { outer, length, inner, dtype, inputs, outputs } = kernel;
  const linesPerChunk = Math.max(1, Math.floor(elements / Math.max(1, length)));
  return {
    kernel: id,
    chunks: Math.ceil((outer * inner) / linesPerChunk),
    params: parameters(LineParam, {
      Input: valueAddress(inputs[0]),
      Result: valueAddress(outputs[0]),
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
