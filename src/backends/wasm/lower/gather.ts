/** Rows picked by indices (gather), and rows set or added at indices (scatter, scatterAdd). */
import { GatherParam, ScatterParam } from "../../../../assembly/arrayParams.ts";
import { Kernel } from "../../../../assembly/kernels.ts";
import { fail } from "../../../base/errors.ts";
import type { GatherKernel } from "../../../kernel/types.ts";
import { type Command, valueAddress } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { ELEMENTS } from "./lines.ts";
import { parameters } from "./parameters.ts";

/** Elements that are worth a chunk. */
const CHUNK_ELEMENTS = 16384;
/** Every block of a scatter looks at all indices, so blocks are few. */
const MAX_BLOCKS = 8;

export function lowerGather(kernel: GatherKernel, { grain }: LowerContext): Command[] {
  const { length, count, inner, outer } = kernel;
  if (count > 0 && outer * inner > 0 && length === 0) fail(kernel.kind, "the indexed axis is empty");
  const elements = grain(CHUNK_ELEMENTS);
  return kernel.kind === "gather" ? gather(kernel, elements) : scatter(kernel, elements);
}

function gather(kernel: GatherKernel, elementsPerChunk: number): Command[] {
  const { along, outer, length, inner, count, inputs, outputs } = kernel;
  const rowsPerChunk = Math.max(1, Math.floor(elementsPerChunk / Math.max(1, inner)));
  return [
    {
      kernel: Kernel.Gather,
      chunks: inner === 0 ? 0 : Math.ceil((outer * count) / rowsPerChunk),
      params: parameters(GatherParam, {
        Input: valueAddress(inputs[0]),
        Indices: valueAddress(inputs[1]),
        Result: valueAddress(outputs[0]),
        Along: Number(along),
        Outer: outer,
        Length: length,
        Inner: inner,
        Count: count,
        RowsPerChunk: rowsPerChunk,
      }),
      reads: inputs,
      writes: outputs,
    },
  ];
}

function scatter(kernel: GatherKernel, elementsPerChunk: number): Command[] {
  const { along, outer, length, inner, count, inputs, outputs } = kernel;
  const wanted = Math.ceil((length * inner) / elementsPerChunk);
  const block = Math.max(1, Math.ceil(length / Math.min(wanted, MAX_BLOCKS)));
  const blocks = Math.ceil(length / block);
  return [
    {
      kernel: Kernel.Scatter,
      chunks: inner === 0 ? 0 : outer * blocks,
      params: parameters(ScatterParam, {
        Input: valueAddress(inputs[0]),
        Indices: valueAddress(inputs[1]),
        Updates: valueAddress(inputs[2]),
        Result: valueAddress(outputs[0]),
        Along: Number(along),
        Outer: outer,
        Length: length,
        Inner: inner,
        Count: count,
        Block: block,
        Blocks: blocks,
        Add: Number(kernel.kind === "scatterAdd"),
        Element: ELEMENTS[kernel.dtype],
      }),
      reads: inputs,
      writes: outputs,
    },
  ];
}
