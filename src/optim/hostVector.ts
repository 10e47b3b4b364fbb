/** Vectors in double precision on the host, and the parameters that they stand for. */
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Differentiable } from "../tensor/transforms/grad.ts";

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** a + t·b */
export const addScaled = (a: Float64Array, b: Float64Array, t: number): Float64Array =>
  a.map((v, i) => v + t * b[i]);

export const subtract = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, i) => v - b[i]);

/** The largest magnitude. */
export const largest = (a: Float64Array): number => a.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** The sum of magnitudes. */
export const taxicab = (a: Float64Array): number => a.reduce((sum, v) => sum + Math.abs(v), 0);

/** All numbers of the tensors, one tensor after the other. */
export async function gather(tensors: readonly Tensor[]): Promise<Float64Array> {
  const parts = await Promise.all(tensors.map((t) => t.data()));
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

/** Gives the parameters the numbers of {@link gather}. */
export function scatter(values: Float64Array, parameters: readonly Differentiable[]): void {
  let at = 0;
  for (const { state } of parameters) {
    const { shape } = state;
    const size = shape.reduce((n, d) => n * d, 1);
    state.assign(tensor(values.subarray(at, at + size), { shape, dtype: "float32" }).node);
    at += size;
  }
}
