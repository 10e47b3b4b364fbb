/** A segment's kernels as one command list. */

import { invariant } from "../../../base/errors.ts";
import type { Shape } from "../../../base/shape.ts";
import type { Instr, Kernel, Program, Segment } from "../../../kernel/types.ts";
import type { Command, ValueAddress, WorkspaceAddress } from "../command.ts";
import { encodeProgram } from "../encode.ts";
import { alignUp } from "../heap.ts";
import type { KernelChoices, LowerContext } from "./context.ts";
import type { FullKernel } from "./full.ts";
import { lowerGather } from "./gather.ts";
import { lowerArgReduce } from "./lines.ts";
import { lowerMap } from "./map.ts";
import { lowerMatmul } from "./matmul.ts";
import { lowerReduce } from "./reduce.ts";
import { lowerSoftmax } from "./softmax.ts";

export interface LoweredSegment {
  /** Run before the others when a constant has changed. */
  readonly setup: readonly Command[];
  readonly commands: readonly Command[];
  /** For each kernel where its commands end. */
  readonly ends: readonly number[];
  readonly workspaceBytes: number;
  readonly keptBytes: number;
}

/** What a segment may keep: this many bytes, or this share of its constants where that is more. */
const KEPT_BYTES = 8 << 20;
const KEPT_SHARE = 0.25;

let full: typeof import("./full.ts") | undefined;

/** Fetches the lowering of the kernels that only the full binary has; before that `lowerSegment` takes none. */
export async function loadFull(): Promise<void> {
  full ??= await import("./full.ts");
}

/** Whether the segment needs the full binary, and what {@link loadFull} fetches. */
export const needsFull = ({ kernels }: Segment): boolean =>
  kernels.some(
    (kernel) =>
      isFull(kernel) ||
      (kernel.kind === "matmul" && kernel.dtype !== "float32") ||
      instrsOf(kernel).some(isRare),
  );

/** A function that is not in the core binary. */
const isRare = (instr: Instr): boolean => instr.op === "map" && /^(sin|cos)$/.test(instr.name);

function instrsOf(kernel: Kernel): readonly Instr[] {
  const own = "program" in kernel ? kernel.program.instrs : "prologue" in kernel ? kernel.prologue : [];
  return "epilogue" in kernel ? [...own, ...kernel.epilogue.instrs] : own;
}

const isFull = (kernel: Kernel): kernel is FullKernel =>
  "window" in kernel || kernel.kind === "sort" || kernel.kind === "cumulative";

/** Fewest elements of a small piece, and what large sizes are divided by to give one. */
const SMALL_PIECE = 4;
const SMALL_SCALE = 1 << 16;

export function lowerSegment({ kernels, values }: Segment, choices: KernelChoices = {}): LoweredSegment {
  const setup: Command[] = [];
  const commands: Command[] = [];
  const ends: number[] = [];
  let workspaceBytes = 0;
  let keptBytes = 0;
  const constants = values.reduce((sum, { isConstant, size }) => sum + (isConstant ? size * 4 : 0), 0);
  const mostKept = Math.max(KEPT_BYTES, KEPT_SHARE * constants);
  const grain = (size: number): number =>
    choices.pieces === "small" ? Math.max(SMALL_PIECE, Math.ceil(size / SMALL_SCALE)) : size;
  for (const kernel of kernels) {
    let reserved = 0;
    const context: LowerContext = {
      choices,
      values,
      grain,
      encode,
      workspace(bytes): WorkspaceAddress {
        const byteOffset = reserved;
        reserved += alignUp(bytes);
        return { kind: "workspace", byteOffset };
      },
      keep(value, bytes) {
        const byteOffset = keptBytes;
        if (!values[value].isConstant || byteOffset + alignUp(bytes) > mostKept) return undefined;
        keptBytes += alignUp(bytes);
        return { kind: "kept", byteOffset };
      },
    };
    for (const command of lowerKernel(kernel, context))
      if (command.chunks > 0) (command.isSetup ? setup : commands).push(command);
    ends.push(commands.length);
    workspaceBytes = Math.max(workspaceBytes, reserved);
  }
  return { setup, commands, ends, workspaceBytes, keptBytes };
}

function lowerKernel(kernel: Kernel, context: LowerContext): Command[] {
  if (isFull(kernel)) {
    invariant(full, "the lowering of the full binary's kernels was not loaded");
    return full.lowerFull(kernel, context);
  }
  switch (kernel.kind) {
    case "map":
      return lowerMap(kernel, context);
    case "reduce":
      return lowerReduce(kernel, context);
    case "matmul":
      return lowerMatmul(kernel, context);
    case "argReduce":
      return lowerArgReduce(kernel, context);
    case "gather":
    case "scatter":
    case "scatterAdd":
      return lowerGather(kernel, context);
    case "softmax":
      return lowerSoftmax(kernel, context);
  }
}

function encode(program: Program, shape: Shape, acc: ValueAddress | WorkspaceAddress) {
  return leavesInPlace(program, acc) ? 0 : encodeProgram({ ...program, shape, acc });
}

/** Whether an epilogue only stores acc where it already lies. */
function leavesInPlace({ instrs, stores }: Program, acc: ValueAddress | WorkspaceAddress): boolean {
  const [store] = stores;
  return (
    stores.length === 1 &&
    !store.map &&
    instrs[store.value].op === "acc" &&
    acc.kind === "value" &&
    acc.byteOffset === 0 &&
    acc.value === store.output
  );
}
