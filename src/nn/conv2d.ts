/** Convolutions over images [batch, height, width, channels]. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import type { Shape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ConvOptions, Convolution, convOptions } from "./convolution.ts";
import { both, expectImages } from "./options.ts";

const conv2dOptions = options({
  /** Channels of the output. */
  filters: required(count()),
  /** Groups of channels that do not mix. Default 1. */
  groups: count(1),
  ...convOptions.entries,
});

/** Options of {@link conv2d}. */
export interface Conv2dOptions extends ConvOptions, OptionsOf<typeof conv2dOptions> {}

const depthwiseConv2dOptions = options({
  /** Output channels for each input channel. Default 1. */
  depthMultiplier: count(1),
  ...convOptions.entries,
});

/** Options of {@link depthwiseConv2d}. */
export interface DepthwiseConv2dOptions extends ConvOptions, OptionsOf<typeof depthwiseConv2dOptions> {}

/** 2-D convolution (cross-correlation); kernel [height, width, channels / groups, filters]. */
export class Conv2d extends Convolution<ValuesOf<typeof conv2dOptions>> {
  constructor(options: Conv2dOptions) {
    super(conv2dOptions, options);
    const { filters, groups } = this.options;
    if (filters % groups !== 0) fail("conv2d", `groups must divide ${filters} filters: got ${groups}`);
  }

  override get type(): string {
    return "conv2d";
  }

  protected override kernelShape(x: Tensor): Shape {
    const { filters, kernelSize, groups } = this.options;
    const channels = expectImages("conv2d", x);
    if (channels % groups !== 0) fail("conv2d", `groups must divide ${channels} channels: got ${groups}`);
    return [...both(kernelSize), channels / groups, filters];
  }

  protected override filtersOf(): number {
    return this.options.filters;
  }

  protected override convolve(x: Tensor): Tensor {
    const { strides, padding, dilation, groups } = this.options;
    return x.conv2d(this.kernel.value, { strides, padding, dilation, groups });
  }
}

/** A convolution of each channel by itself; kernel [height, width, channels, depthMultiplier]. */
export class DepthwiseConv2d extends Convolution<ValuesOf<typeof depthwiseConv2dOptions>> {
  constructor(options: DepthwiseConv2dOptions) {
    super(depthwiseConv2dOptions, options);
  }

  override get type(): string {
    return "depthwiseConv2d";
  }

  protected override kernelShape(x: Tensor): Shape {
    const { kernelSize, depthMultiplier } = this.options;
    return [...both(kernelSize), expectImages("depthwiseConv2d", x), depthMultiplier];
  }

  protected override filtersOf(x: Tensor): number {
    return x.shape[3] * this.options.depthMultiplier;
  }

  protected override convolve(x: Tensor): Tensor {
    const { strides, padding, dilation } = this.options;
    return x.depthwiseConv2d(this.kernel.value, { strides, padding, dilation });
  }
}

/**
 * Slides learned windows over images: [batch, height, width, channels] → [batch, height', width', filters]. LeCun et
 * al. 1989.
 *
 * @throws HeddleError when an option is wrong; at the first call when groups do not divide the channels or no output is left
 */
export const conv2d = (options: Conv2dOptions): Conv2d => new Conv2d(options);

/**
 * Filters of its own for each channel: [..., channels] → [..., channels · depthMultiplier]. Chollet 2017.
 * @throws HeddleError when an option is wrong
 */
export const depthwiseConv2d = (options: DepthwiseConv2dOptions): DepthwiseConv2d =>
  new DepthwiseConv2d(options);
