/** Elementwise kernels: a tile program over the whole space, in chunks of similar work. */
import { MapParam } from "../../../../assembly/arrayParams.ts";
import { Kernel } from "../../../../assembly/kernels.ts";
import { TILE } from "../../../../assembly/opcodes.ts";
import { sizeOf } from "../../../base/shape.ts";
import type { MapKernel } from "../../../kernel/types.ts";
import type { Command } from "../command.ts";
import { encodeProgram } from "../encode.ts";
import type { LowerContext } from "./context.ts";
import { parameters } from "./parameters.ts";

/** Simple vector operations per element and elements, multiplied: about 20 µs. */
const CHUNK_WORK = 100_000;

/** Whole tiles that are worth a chunk when an element costs `cost`. */
export const elementsPerChunk = (cost: number, { grain }: LowerContext): number =>
  grain(Math.ceil(CHUNK_WORK / cost / TILE) * TILE);

export function lowerMap(kernel: MapKernel, context: LowerContext): Command[] {
  const size = sizeOf(kernel.shape);
  const program = encodeProgram({ ...kernel.program, shape: kernel.shape });
  const sizePerChunk = elementsPerChunk(program.cost, context);
  if (size === 0) return [];
  return [
    {
      kernel: Kernel.Map,
      chunks: Math.ceil(size / sizePerChunk),
      params: parameters(MapParam, { Program: program, Size: size, SizePerChunk: sizePerChunk }),
      reads: kernel.inputs,
      writes: kernel.outputs,
    },
  ];
}
