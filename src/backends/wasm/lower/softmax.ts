/** softmax and logSoftmax, claimed whole. */
import { SoftmaxParam } from "../../../../assembly/arrayParams.ts";
import { Kernel } from "../../../../assembly/kernels.ts";
import type { SoftmaxKernel } from "../../../kernel/types.ts";
import { type Command, valueAddress } from "../command.ts";
import type { LowerContext } from "./context.ts";
import { parameters } from "./parameters.ts";

/** Elements that are worth a chunk, at about 2 ns each. */
const CHUNK_ELEMENTS = 16384;

export function lowerSoftmax(
  { rows, length, log, inputs, outputs }: SoftmaxKernel,
  { grain }: LowerContext,
): Command[] {
  if (length === 0) return [];
  const rowsPerChunk = Math.max(1, Math.floor(grain(CHUNK_ELEMENTS) / length));
  return [
    {
      kernel: Kernel.Softmax,
      chunks: Math.ceil(rows / rowsPerChunk),
      params: parameters(SoftmaxParam, {
        Input: valueAddress(inputs[0]),
        Result: valueAddress(outputs[0]),
        Rows: rows,
        Length: length,
        Log: Number(log),
        RowsPerChunk: rowsPerChunk,
      }),
      reads: inputs,
      writes: outputs,
    },
  ];
}
