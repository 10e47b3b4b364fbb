/** The closed convolution triple: each one's gradient uses the other two. NHWC feature maps, HWIO kernels, float32. */
import { fail } from "../base/errors.ts";
import { type Shape, sameShape, showShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node, OpDef, Spec } from "../graph/node.ts";
import { reshape } from "./movement.ts";
import {
  inputShape,
  kernelShape,
  outputShape,
  type Pair,
  type Window2d,
  type WindowOptions,
  windowOf,
} from "./window.ts";

function checkFit(name: string, inputs: readonly Spec[], expected: readonly Shape[]): void {
  inputs.forEach((x, i) => {
    if (x.dtype !== "float32") fail(name, `expects float32: got ${x.dtype}`);
    if (!sameShape(x.shape, expected[i])) {
      fail(name, `expects ${showShape(expected[i])}: got ${showShape(x.shape)}`);
    }
  });
}

/** Two per multiply-add of every output element with every kernel tap. */
const flops = ({ attrs: w }: Node<Window2d>): number =>
  2 *
  w.batch *
  w.outHeight *
  w.outWidth *
  w.outChannels *
  w.kernelHeight *
  w.kernelWidth *
  (w.inChannels / w.groups);

export const conv: OpDef<Window2d> = {
  name: "conv",
  kind: "heavy",
  infer(inputs, w) {
    checkFit("conv2d", inputs, [inputShape(w), kernelShape(w)]);
    return { shape: outputShape(w), dtype: "float32" };
  },
  vjp: (_, { inputs: [x, kernel], attrs }, dy) => [
    make(convInputGrad, [dy, kernel], attrs),
    make(convWeightGrad, [x, dy], attrs),
  ],
  flops,
  takesEpilogue: true,
  multiplies: true,
};

export const convInputGrad: OpDef<Window2d> = {
  name: "convInputGrad",
  kind: "heavy",
  infer(inputs, w) {
    checkFit("convInputGrad", inputs, [outputShape(w), kernelShape(w)]);
    return { shape: inputShape(w), dtype: "float32" };
  },
  vjp: (_, { inputs: [dy, kernel], attrs }, g) => [
    make(conv, [g, kernel], attrs),
    make(convWeightGrad, [g, dy], attrs),
  ],
  flops,
  takesEpilogue: true,
  multiplies: true,
};

export const convWeightGrad: OpDef<Window2d> = {
  name: "convWeightGrad",
  kind: "heavy",
  infer(inputs, w) {
    checkFit("convWeightGrad", inputs, [inputShape(w), outputShape(w)]);
    return { shape: kernelShape(w), dtype: "float32" };
  },
  vjp: (_, { inputs: [x, dy], attrs }, g) => [make(convInputGrad, [dy, g], attrs), make(conv, [x, g], attrs)],
  flops,
  takesEpilogue: true,
};

/** 2-D cross-correlation of x [n, h, w, c] with kernel [kh, kw, c / groups, filters]. */
export function conv2d(x: Node, kernel: Node, options: WindowOptions = {}, where = "conv2d"): Node {
  const groups = options.groups ?? 1;
  if (kernel.shape.length !== 4) {
    fail(where, `expects a kernel [height, width, in, out]: got ${showShape(kernel.shape)}`);
  }
  const [height, width, perGroup, filters] = kernel.shape;
  if (x.shape.length === 4 && x.shape[3] !== perGroup * groups) {
    const wanted = `kernel ${showShape(kernel.shape)}${groups === 1 ? "" : ` in ${groups} groups`} expects ${perGroup * groups} input channels`;
    fail(where, `${wanted}: got input ${showShape(x.shape)}`);
  }
  if (!Number.isInteger(groups) || groups < 1 || filters % groups !== 0) {
    fail(where, `groups must divide the ${filters} filters: got ${groups}`);
  }
  return make(conv, [x, kernel], windowOf(where, x.shape, [height, width], filters, options));
}

/**
 * Convolves each channel with filters of its own: x [n, h, w, c], kernel [kh, kw, c, multiplier] → [n, h', w', c · multiplier].
 */
export function depthwiseConv2d(x: Node, kernel: Node, options: WindowOptions = {}): Node {
  if (kernel.shape.length !== 4) {
    fail(
      "depthwiseConv2d",
      `expects a kernel [height, width, channels, multiplier]: got ${showShape(kernel.shape)}`,
    );
  }
  const [height, width, channels, multiplier] = kernel.shape;
  if (x.shape.length === 4 && x.shape[3] !== channels) {
    fail(
      "depthwiseConv2d",
      `kernel ${showShape(kernel.shape)} expects ${channels} input channels: got input ${showShape(x.shape)}`,
    );
  }
  const grouped = make(reshape, [kernel], { shape: [height, width, 1, channels * multiplier] });
  return conv2d(x, grouped, { ...options, groups: channels }, "depthwiseConv2d");
}

/** Options of the transposed convolution. */
export interface TransposeOptions extends WindowOptions {
  /** Height and width of the output. Default: the smallest that the convolution maps to x, and `outputPadding`. */
  outputSize?: readonly [height: number, width: number];
  /** Rows and columns beyond the smallest size. Default 0. */
  outputPadding?: Pair;
}

/**
 * Transposed convolution: x [n, h, w, c], kernel [kh, kw, filters, c] → [n, h', w', filters], the input gradient of a
 * convolution from the output to x.
 */
export function conv2dTranspose(x: Node, kernel: Node, options: TransposeOptions = {}): Node {
  const where = "conv2dTranspose";
  if (x.shape.length !== 4 || kernel.shape.length !== 4 || kernel.shape[3] !== x.shape[3]) {
    fail(
      where,
      `expects input [n, h, w, c] and kernel [kh, kw, filters, c]: got ${showShape(x.shape)} and ${showShape(kernel.shape)}`,
    );
  }
  const [kh, kw, filters, channels] = kernel.shape;
  const size = options.outputSize ?? smallestOutput(x.shape, [kh, kw], options);
  const groups = options.groups ?? 1;
  const window = windowOf(
    where,
    [x.shape[0], size[0], size[1], filters * groups],
    [kh, kw],
    channels,
    options,
  );
  if (window.outHeight !== x.shape[1] || window.outWidth !== x.shape[2]) {
    fail(where, `output size ${showShape(size)} does not lead back to input ${showShape(x.shape)}`);
  }
  return make(convInputGrad, [x, kernel], window);
}

function smallestOutput(x: Shape, kernel: [number, number], options: TransposeOptions): [number, number] {
  const { strides = 1, dilation = 1, padding = "valid", outputPadding = 0 } = options;
  const axis = (d: 0 | 1): number => {
    const of = (value: Pair): number => (typeof value === "number" ? value : value[d]);
    const reach = (kernel[d] - 1) * of(dilation) + 1;
    if (padding === "same") return x[d + 1] * of(strides) + of(outputPadding);
    const given = padding === "valid" ? 0 : typeof padding === "number" ? padding : padding[d];
    const total = typeof given === "number" ? 2 * given : given[0] + given[1];
    return (x[d + 1] - 1) * of(strides) + reach - total + of(outputPadding);
  };
  return [axis(0), axis(1)];
}
