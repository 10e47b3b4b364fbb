/** Lowers a segment: its kernels as one command list. */
import { invariant } from "../../../base/errors.ts";
import type { Shape } from "../../../base/shape.ts";
import type { Instr, Kernel, Program, Segment } from "../../../kernel/types.ts";
import type { Command, ValueAddress, WorkspaceAddress } from "../command.ts";
import { encodeProgram } from "../encode.ts";
import { alignUp } from "../heap.ts";
import { RARE } from "../opcodes.ts";
import type { KernelChoices, LowerContext } from "./context.ts";
import type { FullKernel } from "./full.ts";
import { lowerGather } from "./gather.ts";
import { lowerArgReduce } from "./lines.ts";
import { lowerMap } from "./map.ts";
import { lowerMatmul } from "./matmul.ts";
import { lowerReduce } from "./reduce.ts";
import { lowerSoftmax } from "./softmax.ts";

interface LoweredSegment {
  /** Runs before the others when a constant has changed. */
  readonly prepack: readonly Command[];
  readonly commands: readonly Command[];
  /** For each kernel where its commands end. */
  readonly ends: readonly number[];
  readonly workspaceBytes: number;
  readonly cacheBytes: number;
}

/** Most bytes of a segment's cache: the larger of a fixed size and a fraction of the segment's constants. */
const CACHE_BYTES = 8 << 20;
const CACHE_FRACTION = 0.25;

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

const isRare = (instr: Instr): boolean => instr.op === "map" && RARE.has(instr.name);

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
  const prepack: Command[] = [];
  const commands: Command[] = [];
  const ends: number[] = [];
  let workspaceBytes = 0;
  let cacheBytes = 0;
  const constants = values.reduce((sum, { isConstant, size }) => sum + (isConstant ? size * 4 : 0), 0);
  const maxCacheBytes = Math.max(CACHE_BYTES, CACHE_FRACTION * constants);
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
      cache(value, bytes) {
        const byteOffset = cacheBytes;
        if (!values[value].isConstant || byteOffset + alignUp(bytes) > maxCacheBytes) return undefined;
        cacheBytes += alignUp(bytes);
        return { kind: "cache", byteOffset };
      },
    };
    for (const command of lowerKernel(kernel, context))
      if (command.chunks > 0) (command.isPrepack ? prepack : commands).push(command);
    ends.push(commands.length);
    workspaceBytes = Math.max(workspaceBytes, reserved);
  }
  return { prepack, commands, ends, workspaceBytes, cacheBytes };
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
