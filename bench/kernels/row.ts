// One row of the kernel benchmarks: a segment of one kernel, and which row of the wasm kernel table it is to measure.
import type { Kernel as Opcode } from "../../assembly/kernels.ts";
import type { KernelChoices } from "../../src/backends/wasm/lower/context.ts";
import { type DType, type HostArray, hostArray } from "../../src/base/dtype.ts";
import type { Kernel, Segment } from "../../src/kernel/types.ts";
import { noise } from "../../test/wasm/harness.ts";

/** A value of the segment; an input of integers has those below `high`. */
export interface Spec {
  readonly dtype: DType;
  readonly size: number;
  readonly high?: number;
}

export const f32 = (size: number): Spec => ({ dtype: "float32", size });
export const i32 = (size: number, high: number): Spec => ({ dtype: "int32", size, high });

type Bare<K extends Kernel> = K extends Kernel
  ? Omit<K, "label" | "flops" | "bytes" | "inputs" | "outputs">
  : never;

/** A kernel without the fields that the row fills in. */
type Form = Bare<Kernel>;

export interface Row {
  readonly name: string;
  /** Of the commands that the segment becomes, the one that is timed. */
  readonly kernel: Opcode;
  readonly title: string;
  readonly form: Form;
  readonly inputs: readonly Spec[];
  readonly outputs: readonly Spec[];
  /** 2 × multiply-adds of the definition, where that is what it spends its time on; else bytes are counted. */
  readonly flops?: number;
  /** Bytes read and written; default: all values once. */
  readonly bytes?: number;
  readonly choices?: KernelChoices;
}

export const bytesOf = ({ inputs, outputs, bytes }: Row): number =>
  bytes ?? [...inputs, ...outputs].reduce((sum, { size }) => sum + 4 * size, 0);

/** Values are numbered inputs first. */
export function segmentOf({ name, form, inputs, outputs }: Row): Segment {
  const kernel = {
    ...form,
    label: name,
    flops: 0,
    bytes: 0,
    inputs: inputs.map((_, i) => i),
    outputs: outputs.map((_, i) => inputs.length + i),
  };
  return { kernels: [kernel as Kernel], values: [...inputs, ...outputs], scalars: [] };
}

export function dataOf({ dtype, size, high }: Spec, seed: number): HostArray {
  const values = noise(size, 1, seed);
  if (high === undefined) return values;
  const integers = hostArray(dtype, size);
  for (let i = 0; i < size; i++) integers[i] = Math.floor(((values[i] + 1) / 2) * high);
  return integers;
}
