/** The raw result of contractions and window kernels: its place, and the epilogue that turns it into outputs. */
import { Kernel } from "../../../../assembly/kernels.ts";
import { FinishParam } from "../../../../assembly/matmulParams.ts";
import type { DType } from "../../../base/dtype.ts";
import { type Shape, sizeOf } from "../../../base/shape.ts";
import type { Program, ValueId } from "../../../kernel/types.ts";
import {
  type Command,
  type ProgramAddress,
  type ValueAddress,
  valueAddress,
  type WorkspaceAddress,
} from "../command.ts";
import type { LowerContext } from "./context.ts";
import { parameters } from "./parameters.ts";

/** Most partial sums that a long contraction is cut into. */
export const MAX_PARTIALS = 16;

/** Runs of columns shorter than this are cheaper in a pass of their own: a tile costs a dispatch per instruction. */
const MIN_RUN = 256;

interface Fused {
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  readonly epilogue: Program;
}

export interface RawResult {
  readonly size: number;
  readonly address: ValueAddress | WorkspaceAddress;
  readonly program: ProgramAddress | 0;
  readonly usesWorkspace: boolean;
}

/**
 * The raw result lives in the first output that can hold it: stored densely, of the same dtype, and no input of the
 * kernel, which would lose elements that are still to be read. Otherwise in the workspace.
 */
export function rawResult(kernel: Fused, shape: Shape, dtype: DType, context: LowerContext): RawResult {
  const { inputs, epilogue } = kernel;
  const home = epilogue.stores.find(
    ({ output, map }) =>
      map === undefined && context.values[output].dtype === dtype && !inputs.includes(output),
  );
  const size = sizeOf(shape);
  const address = home ? valueAddress(home.output) : context.workspace(size * 4);
  return { size, address, program: context.encode(epilogue, shape, address), usesWorkspace: !home };
}

/** Whether a chunk runs the epilogue on the runs of `width` among `columns` that it wrote; else {@link finish} does. */
export const runsEpilogue = (width: number, columns: number, { grain }: LowerContext): boolean =>
  width >= Math.min(grain(MIN_RUN), columns);

/** Adds `partials` arrays at `source` into the raw result (none: it is complete) and runs the epilogue; may be nothing. */
export function finish(
  kernel: Fused,
  to: RawResult,
  { grain }: LowerContext,
  source?: WorkspaceAddress,
  partials = 0,
): Command[] {
  if (partials === 0 && to.program === 0) return [];
  const sizePerChunk = 4 * Math.max(grain(1024), Math.ceil(to.size / 128));
  return [
    {
      kernel: Kernel.Finish,
      chunks: Math.ceil(to.size / sizePerChunk),
      params: parameters(FinishParam, {
        Result: to.address,
        Program: to.program,
        Source: source ?? 0,
        Partials: partials,
        Size: to.size,
        SizePerChunk: sizePerChunk,
      }),
      reads: kernel.inputs,
      writes: kernel.outputs,
      usesWorkspace: to.usesWorkspace || source !== undefined,
    },
  ];
}
