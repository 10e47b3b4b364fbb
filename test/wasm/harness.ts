/** Builds segments by hand, runs them on the wasm backend and reads what they store. */

import type { Backend, BufferView } from "../../src/backends/types.ts";
import { type DType, type HostArray, hostArray } from "../../src/base/dtype.ts";
import { rowMajor, type Shape, sizeOf } from "../../src/base/shape.ts";
import type { Affine, Instr, Kernel, MapKernel, Segment, ValueSpec, View } from "../../src/kernel/types.ts";
import type { ElementwiseName } from "../../src/ops/elementwise/names.ts";
import { ELEMENTWISE } from "../../src/ops/elementwise/table.ts";

/** A value of a segment: the numbers to upload, or the size of what the segment writes. */
export interface Value {
  readonly dtype: DType;
  readonly data: HostArray;
}

export const input = (data: ArrayLike<number>, dtype: DType = "float32"): Value => {
  const array = hostArray(dtype, data.length);
  for (let i = 0; i < data.length; i++) array[i] = data[i];
  return { dtype, data: array };
};

export const output = (size: number, dtype: DType = "float32"): Value => ({
  dtype,
  data: hostArray(dtype, size).fill(77),
});

/** Runs the kernels over the values and returns all values afterwards. */
export async function runKernels(
  backend: Backend,
  kernels: readonly Kernel[],
  values: readonly Value[],
  scalars: readonly { readonly dtype: DType; readonly value: number }[] = [],
): Promise<HostArray[]> {
  const segment: Segment = {
    kernels,
    values: values.map(({ dtype, data }): ValueSpec => ({ dtype, size: data.length })),
    scalars: scalars.map(({ dtype }) => dtype),
  };
  const views = values.map(({ data }): BufferView => {
    const bytes = data.byteLength;
    const view = { buffer: backend.alloc(bytes), offset: 0, bytes };
    backend.upload(view, data);
    return view;
  });
  const executable = await backend.compile(segment);
  try {
    backend.execute(
      executable,
      views,
      scalars.map(({ value }) => value),
    );
    const results = values.map(({ dtype, data }) => hostArray(dtype, data.length));
    for (const [i, result] of results.entries()) await backend.download(views[i], result);
    return results;
  } finally {
    backend.release(executable);
    for (const { buffer } of views) backend.free(buffer);
  }
}

export const dense = (shape: Shape): Affine => ({ offset: 0, strides: rowMajor(shape) });

export const load = (id: number, shape: Shape, dtype: DType = "float32", view?: View): Instr => ({
  op: "load",
  dtype,
  input: id,
  view: view ?? dense(shape),
});

export const map = (name: ElementwiseName, args: readonly number[], dtype: DType = "float32"): Instr => ({
  op: "map",
  dtype,
  name,
  cost: ELEMENTWISE[name].cost(dtype),
  args,
});

export const constant = (value: number, dtype: DType = "float32"): Instr => ({ op: "const", dtype, value });

const traffic = { label: "test", flops: 0, bytes: 0 };

/** An elementwise kernel; `stores` are [output, instruction]. */
export function mapKernel(
  shape: Shape,
  instrs: readonly Instr[],
  stores: readonly (readonly [output: number, value: number, map?: Affine])[],
): MapKernel {
  return {
    kind: "map",
    shape,
    program: { instrs, stores: stores.map(([to, value, at]) => ({ output: to, value, map: at })) },
    ...effects(
      instrs,
      stores.map(([to]) => to),
    ),
  };
}

/** The fields that all kernels have. */
export function effects(instrs: readonly Instr[], outputs: readonly number[]) {
  const inputs = [...new Set(instrs.flatMap((instr) => (instr.op === "load" ? [instr.input] : [])))];
  return { ...traffic, inputs, outputs: [...new Set(outputs)] };
}

/** Deterministic numbers in [−scale, scale). */
export function noise(size: number, scale = 1, seed = 1): Float32Array {
  let state = seed >>> 0 || 1;
  return Float32Array.from({ length: size }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 31 - 1) * scale;
  });
}

export const total = (shape: Shape): number => sizeOf(shape);
