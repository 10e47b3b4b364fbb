/**
 * The command list that a segment becomes on wasm: kernel calls over linear memory, with symbolic addresses
 * that the executable resolves once its memory and its bindings are known.
 */
import type { ValueId } from "../../kernel/types.ts";

/** Bytes from the start of the buffer bound to a value. */
export interface ValueAddress {
  readonly kind: "value";
  readonly value: ValueId;
  readonly byteOffset: number;
}

/** Bytes into the executable's workspace (packed panels, partial sums); its content does not outlive a kernel. */
export interface WorkspaceAddress {
  readonly kind: "workspace";
  readonly byteOffset: number;
}

/** Bytes into the executable's cache: memory whose content lasts from call to call. */
export interface CacheAddress {
  readonly kind: "cache";
  readonly byteOffset: number;
}

/** An encoded tile program, placed beside the command list. */
export interface ProgramAddress {
  readonly kind: "program";
  readonly words: readonly Word[];
}

/** Address of a per-call scalar's word. */
interface ScalarAddress {
  readonly kind: "scalar";
  readonly slot: number;
}

/** One 32-bit word of a command or program. Float immediates go through {@link float32Word}. */
export type Word = number | ValueAddress | WorkspaceAddress | CacheAddress | ProgramAddress | ScalarAddress;

/** One kernel call: `chunks` independent pieces, which threads claim from a counter. */
export interface Command {
  /** A `Kernel` of `assembly/kernels.ts`. */
  readonly kernel: number;
  /** Fixed by the shapes, never by the number of threads. */
  readonly chunks: number;
  readonly params: readonly Word[];
  /** Values it reads and writes: commands without a conflict run between the same two barriers. */
  readonly reads: readonly ValueId[];
  readonly writes: readonly ValueId[];
  /** True when it uses the workspace, which makes it wait for the command before. */
  readonly usesWorkspace?: boolean;
  /** True when it reads constants alone and writes the cache: it runs again only when a constant has changed. */
  readonly isPrepack?: boolean;
}

const bits = new DataView(new ArrayBuffer(4));

/** The 32 bits of a float, as the int32 that a word is. */
export function float32Word(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

export const valueAddress = (value: ValueId, elements = 0): ValueAddress => ({
  kind: "value",
  value,
  byteOffset: elements * 4,
});
