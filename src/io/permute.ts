/** Axes in another order, on the host: for files whose layout is not ours. */
import { hostArray } from "../base/dtype.ts";
import type { HostTensor } from "../base/host.ts";
import { rowMajor } from "../base/shape.ts";

/** Axis d of the result is axis `axes[d]` of `tensor`. A copy. */
export function permute({ data, shape, dtype }: HostTensor, axes: readonly number[]): HostTensor {
  const strides = rowMajor(shape);
  const target = axes.map((axis) => shape[axis]);
  const steps = axes.map((axis) => strides[axis]);
  const out = hostArray(dtype, data.length);
  let at = 0;
  const visit = (depth: number, from: number): void => {
    if (depth === target.length) {
      out[at++] = data[from];
      return;
    }
    for (let i = 0; i < target[depth]; i++) visit(depth + 1, from + i * steps[depth]);
  };
  visit(0, 0);
  return { data: out, shape: target, dtype };
}
