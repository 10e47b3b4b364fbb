/** Windows of convolution and pooling tests, and naive float64 loops over them. */
import type { ConvKernel, PoolKernel, Window2d } from "../../src/kernel/types.ts";

export type Pads = readonly [readonly [number, number], readonly [number, number]];

export interface Geometry {
  readonly batch?: number;
  readonly size: readonly [number, number];
  readonly channels: readonly [inChannels: number, outChannels: number];
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly padding?: Pads;
  readonly groups?: number;
}

const NO_PADS: Pads = [
  [0, 0],
  [0, 0],
];

export function windowOf(geometry: Geometry): Window2d {
  const { batch = 1, size, channels, kernel, strides = [1, 1], dilation = [1, 1], groups = 1 } = geometry;
  const padding = geometry.padding ?? NO_PADS;
  const out = ([0, 1] as const).map((axis) => {
    const reach = (kernel[axis] - 1) * dilation[axis] + 1;
    return Math.floor((size[axis] + padding[axis][0] + padding[axis][1] - reach) / strides[axis]) + 1;
  });
  return {
    batch,
    inHeight: size[0],
    inWidth: size[1],
    inChannels: channels[0],
    outHeight: out[0],
    outWidth: out[1],
    outChannels: channels[1],
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strides,
    dilation,
    padding,
    groups,
  };
}

/** A random geometry, cropping and empty overlaps included, with at least one output. */
export function randomWindow(
  random: { int(low: number, high: number): number },
  channels: () => { in: number; out: number; groups: number },
): Window2d {
  for (;;) {
    const pair = (low: number, high: number) => [random.int(low, high), random.int(low, high)] as const;
    const { in: inChannels, out: outChannels, groups } = channels();
    const window = windowOf({
      batch: random.int(1, 3),
      size: pair(1, 11),
      channels: [inChannels, outChannels],
      kernel: pair(1, 4),
      strides: pair(1, 3),
      dilation: pair(1, 2),
      padding: [pair(-1, 3), pair(-1, 3)],
      groups,
    });
    if (window.outHeight > 0 && window.outWidth > 0) return window;
  }
}

export interface Sizes {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
}

export const sizesOf = (w: Window2d): Sizes => ({
  input: w.batch * w.inHeight * w.inWidth * w.inChannels,
  output: w.batch * w.outHeight * w.outWidth * w.outChannels,
  kernel: w.kernelHeight * w.kernelWidth * (w.inChannels / w.groups) * w.outChannels,
});

/** Calls `visit` with every tap inside the input: output pixel, input pixel, tap, in row-major order. */
function eachTap(w: Window2d, visit: (output: number, input: number, tap: number) => void): void {
  const [[top], [left]] = w.padding;
  for (let n = 0; n < w.batch; n++)
    for (let y = 0; y < w.outHeight; y++)
      for (let x = 0; x < w.outWidth; x++)
        for (let ky = 0; ky < w.kernelHeight; ky++)
          for (let kx = 0; kx < w.kernelWidth; kx++) {
            const iy = y * w.strides[0] + ky * w.dilation[0] - top;
            const ix = x * w.strides[1] + kx * w.dilation[1] - left;
            if (iy < 0 || ix < 0 || iy >= w.inHeight || ix >= w.inWidth) continue;
            const output = (n * w.outHeight + y) * w.outWidth + x;
            visit(output, (n * w.inHeight + iy) * w.inWidth + ix, ky * w.kernelWidth + kx);
          }
}

export function naiveConv(
  kind: ConvKernel["kind"],
  w: Window2d,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): Float64Array {
  const sizes = sizesOf(w);
  const result = new Float64Array(
    kind === "conv" ? sizes.output : kind === "convInputGrad" ? sizes.input : sizes.kernel,
  );
  const inGroup = w.inChannels / w.groups;
  const outGroup = w.outChannels / w.groups;
  eachTap(w, (output, input, tap) => {
    for (let o = 0; o < w.outChannels; o++) {
      for (let c = 0; c < inGroup; c++) {
        const x = input * w.inChannels + Math.floor(o / outGroup) * inGroup + c;
        const y = output * w.outChannels + o;
        const k = (tap * inGroup + c) * w.outChannels + o;
        if (kind === "conv") result[y] += first[x] * second[k];
        else if (kind === "convInputGrad") result[x] += first[y] * second[k];
        else result[k] += first[x] * second[y];
      }
    }
  });
  return result;
}

/** `x` is the input, `g` what poolTake picks from or the gradient. */
export function naivePool(
  kind: PoolKernel["kind"],
  op: PoolKernel["op"],
  w: Window2d,
  x: ArrayLike<number>,
  g: ArrayLike<number>,
): Float64Array {
  const sizes = sizesOf(w);
  const channels = w.inChannels;
  const winner = new Int32Array(sizes.output).fill(-1);
  const sums = new Float64Array(sizes.output);
  const spread = new Float64Array(sizes.input);
  eachTap(w, (output, input) => {
    for (let c = 0; c < channels; c++) {
      const [to, from] = [output * channels + c, input * channels + c];
      const best = x[winner[to]];
      const isFirstNaN = Number.isNaN(x[from]) && !Number.isNaN(best);
      if (winner[to] < 0 || x[from] > best || isFirstNaN) winner[to] = from;
      sums[to] += x[from];
      spread[from] += g[to];
    }
  });
  if (kind === "poolTake") return Float64Array.from(winner, (at) => (at < 0 ? 0 : g[at]));
  if (kind === "pool") {
    return op === "sum"
      ? sums
      : Float64Array.from(winner, (at) => (at < 0 ? Number.NEGATIVE_INFINITY : x[at]));
  }
  if (op === "sum") return spread;
  const routed = new Float64Array(sizes.input);
  winner.forEach((at, output) => {
    if (at >= 0) routed[at] += g[output];
  });
  return routed;
}
