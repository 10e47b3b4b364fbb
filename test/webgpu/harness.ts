/** Runs hand-built segments on the WebGPU device of this machine, and compares them with plain JavaScript. */
import { describe, expect, test } from "vitest";
import type { Backend, BufferView } from "../../src/backends/types.ts";
import { createWebGpuBackend } from "../../src/backends/webgpu/index.ts";
import { type DType, type HostArray, hostArray } from "../../src/base/dtype.ts";
import { rowMajor, type Shape, sizeOf } from "../../src/base/shape.ts";
import type { Affine, Instr, Kernel, View as KernelView, Program, Segment } from "../../src/kernel/types.ts";
import type { ElementwiseName } from "../../src/ops/elementwise/names.ts";
import { ELEMENTWISE } from "../../src/ops/elementwise/table.ts";

export const device: Backend | undefined = await createWebGpuBackend().catch(() => undefined);

/** `describe` for tests that need the device: a loud skip without one, a failure under CI. */
export function describeWebGpu(name: string, body: (backend: Backend) => void): void {
  if (device) describe(name, () => body(device));
  else if (process.env.CI) test(name, () => expect.fail("no WebGPU adapter: npm test provides one"));
  else describe.skip(`${name} (no WebGPU adapter: npm test provides one)`, () => test("skipped", () => {}));
}

export interface Input {
  readonly dtype?: DType;
  readonly data: ArrayLike<number>;
}

/** Values 0 … n − 1 are the inputs, the next ones fresh `outputs`. Returns what the kernel wrote. */
export async function runKernel(
  kernel: Kernel,
  inputs: readonly Input[],
  outputs: readonly { dtype?: DType; size: number }[],
  scalars: readonly { dtype: DType; value: number }[] = [],
  backend = device,
): Promise<HostArray[]> {
  if (!backend) throw new Error("no device");
  const values = [
    ...inputs.map(({ dtype = "float32", data }) => ({ dtype, size: data.length }) as const),
    ...outputs.map(({ dtype = "float32", size }) => ({ dtype, size }) as const),
  ];
  const segment: Segment = { kernels: [kernel], values, scalars: scalars.map(({ dtype }) => dtype) };
  const executable = await backend.compile(segment);
  const bind = values.map(({ size }) => allocate(backend, size));
  inputs.forEach((input, i) => {
    backend.upload(bind[i], toHost(input));
  });
  backend.execute(
    executable,
    bind,
    scalars.map(({ value }) => value),
  );
  const results = [];
  for (const i of kernel.outputs) {
    const result = hostArray(values[i].dtype, values[i].size);
    await backend.download(bind[i], result);
    results.push(result);
  }
  for (const { buffer } of bind) backend.free(buffer);
  backend.release(executable);
  return results;
}

export function allocate(backend: Backend, size: number): BufferView {
  return { buffer: backend.alloc(size * 4), offset: 0, bytes: size * 4 };
}

export function toHost({ dtype = "float32", data }: Input): HostArray {
  const host = hostArray(dtype, data.length);
  host.set(data);
  return host;
}

/** The fields that all kernels have. */
export const common = (inputs: number[], outputs: number[]) =>
  ({ label: "test", inputs, outputs, flops: 0, bytes: 0 }) as const;

export const dense = (shape: Shape): Affine => ({ offset: 0, strides: rowMajor(shape) });

export function load(input: number, view: KernelView, dtype: DType = "float32"): Instr {
  return { op: "load", dtype, input, view };
}

export function step(name: ElementwiseName, args: number[], dtype: DType = "float32"): Instr {
  return { op: "map", dtype, name, cost: ELEMENTWISE[name].cost(dtype), args };
}

/** An epilogue that stores the result as it is. */
export const plain = (output: number, dtype: DType = "float32"): Program => ({
  instrs: [{ op: "acc", dtype }],
  stores: [{ output, value: 0 }],
});

/** Reproducible numbers in [−1, 1). */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function indicesOf(shape: Shape): number[][] {
  const strides = rowMajor(shape);
  return Array.from({ length: sizeOf(shape) }, (_, i) =>
    shape.map((dim, d) => Math.floor(i / strides[d]) % dim),
  );
}

/** Equal up to `tolerance` relative to the larger of 1 and the expected magnitude; NaN and infinities exactly. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [got, want] = [actual[i], expected[i]];
    if (Number.isNaN(want) || !Number.isFinite(want)) {
      expect(got, `element ${i}`).toBe(want);
    } else {
      const error = Math.abs(got - want) / Math.max(1, Math.abs(want));
      if (!(error <= tolerance)) expect.fail(`element ${i}: got ${got}, expected ${want}`);
    }
  }
}
