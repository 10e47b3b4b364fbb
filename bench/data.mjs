// The same data for every engine: numbers from a seed (mulberry32, whose i-th output depends on i alone) and layouts.

/** `count` float32 numbers, uniform in [low, high). */
export function uniform(seed, count, low = -1, high = 1) {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let t = (seed + Math.imul(i + 1, 0x6d2b79f5)) | 0;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    values[i] = low + (high - low) * (((t ^ (t >>> 14)) >>> 0) / 2 ** 32);
  }
  return values;
}

/** `count` class labels. */
export const labels = (seed, count, classes) => Int32Array.from(uniform(seed, count, 0, classes), Math.floor);

export const size = (shape) => shape.reduce((product, extent) => product * extent, 1);

/** A copy with permuted axes: how engines that compute channels first get the data, and hand it back. */
export function transpose(values, shape, permutation) {
  const strides = shape.map((_, axis) => size(shape.slice(axis + 1)));
  const extents = permutation.map((axis) => shape[axis]);
  const steps = permutation.map((axis) => strides[axis]);
  const result = new values.constructor(values.length);
  const index = extents.map(() => 0);
  for (let to = 0, from = 0; to < result.length; to++) {
    result[to] = values[from];
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      from += steps[axis];
      if (++index[axis] < extents[axis]) break;
      from -= steps[axis] * extents[axis];
      index[axis] = 0;
    }
  }
  return result;
}

export const toChannelsFirst = (values, [n, h, w, c]) => transpose(values, [n, h, w, c], [0, 3, 1, 2]);
export const toChannelsLast = (values, [n, h, w, c]) => transpose(values, [n, c, h, w], [0, 2, 3, 1]);
/** A kernel [height, width, in, out] as [out, in, height, width]. */
export const toKernelFirst = (values, shape) => transpose(values, shape, [3, 2, 0, 1]);
