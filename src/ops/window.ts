/** Convolution and pooling arithmetic: output sizes, padding and the window geometry that kernels take. */
import { fail } from "../base/errors.ts";
import { kind } from "../base/options/schema.ts";
import { type Shape, showShape } from "../base/shape.ts";
import { show } from "../base/show.ts";

/** A number for both axes or [height, width]. */
export type Pair = number | readonly [height: number, width: number];

/** `valid` pads nothing; `same` gives ceil(input / stride) with the odd element after; numbers pad each side; or [[top, bottom], [left, right]]. */
export type Padding =
  | "valid"
  | "same"
  | Pair
  | readonly [readonly [number, number], readonly [number, number]];

/**
 * Geometry of a 2-D convolution or pooling: NHWC feature maps, HWIO kernels `[kh, kw, inChannels / groups, outChannels]`.
 * `padding` is [[top, bottom], [left, right]]; negative padding crops. Pooling has groups = inChannels = outChannels.
 */
export interface Window2d {
  readonly batch: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
  readonly groups: number;
}

/** How a window slides over images. */
export interface WindowOptions {
  /** Default 1. */
  strides?: Pair;
  /** Default `valid`. */
  padding?: Padding;
  /** Default 1. */
  dilation?: Pair;
  /** Default 1. */
  groups?: number;
}

export function pair(where: string, name: string, value: Pair): [number, number] {
  const both = Array.isArray(value) ? value : [value, value];
  if (both.length !== 2 || !both.every((v) => Number.isInteger(v) && v >= 1)) {
    fail(where, `${name} must be a positive integer or two of them: got ${show(value)}`);
  }
  return both as [number, number];
}

/** An option: a positive integer or two of them. */
export const pairOfCounts = /* @__PURE__ */ kind<Pair>(
  (value, where, name) => void pair(where, name, value as Pair),
);

/** Low and high padding of one axis. */
function axisPadding(
  where: string,
  padding: Padding,
  axis: 0 | 1,
  size: number,
  reach: number,
  stride: number,
): [number, number] {
  if (padding === "valid") return [0, 0];
  if (padding === "same") {
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  }
  const given = typeof padding === "number" ? padding : padding[axis];
  const both: [number, number] = typeof given === "number" ? [given, given] : [given?.[0], given?.[1]];
  if (!both.every(Number.isInteger)) {
    fail(
      where,
      `padding must be "valid", "same", integers or [[top, bottom], [left, right]]: got ${show(padding)}`,
    );
  }
  return both;
}

/** Sizes of a window that slides over `x` [batch, height, width, channels]. */
export function windowOf(
  where: string,
  x: Shape,
  kernel: readonly [height: number, width: number],
  outChannels: number,
  options: WindowOptions,
): Window2d {
  if (x.length !== 4) fail(where, `expects input [batch, height, width, channels]: got ${showShape(x)}`);
  const strides = pair(where, "strides", options.strides ?? 1);
  const dilation = pair(where, "dilation", options.dilation ?? 1);
  const axis = (d: 0 | 1): { padding: [number, number]; out: number } => {
    const size = x[d + 1];
    const reach = (kernel[d] - 1) * dilation[d] + 1;
    const padding = axisPadding(where, options.padding ?? "valid", d, size, reach, strides[d]);
    const out = Math.floor((size - reach + padding[0] + padding[1]) / strides[d]) + 1;
    if (out < 1) {
      fail(
        where,
        `output ${d === 0 ? "height" : "width"} would be (${size} − ${reach} + ${padding[0] + padding[1]}) / ${strides[d]} + 1 < 1: ` +
          `the window ${showShape(kernel)} does not fit input ${showShape(x)}`,
      );
    }
    return { padding, out };
  };
  const [vertical, horizontal] = [axis(0), axis(1)];
  return {
    batch: x[0],
    inHeight: x[1],
    inWidth: x[2],
    inChannels: x[3],
    outHeight: vertical.out,
    outWidth: horizontal.out,
    outChannels,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strides,
    dilation,
    padding: [vertical.padding, horizontal.padding],
    groups: options.groups ?? 1,
  };
}

export const inputShape = (w: Window2d): Shape => [w.batch, w.inHeight, w.inWidth, w.inChannels];
export const outputShape = (w: Window2d): Shape => [w.batch, w.outHeight, w.outWidth, w.outChannels];
export const kernelShape = (w: Window2d): Shape => [
  w.kernelHeight,
  w.kernelWidth,
  w.inChannels / w.groups,
  w.outChannels,
];
