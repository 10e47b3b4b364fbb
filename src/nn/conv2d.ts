/** Convolutions over images [batch, height, width, channels]. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ConvOptions, Convolution, convRules } from "./convolution.ts";
import { both, expectImages } from "./options.ts";

/** Options of {@link conv2d}. */
export interface Conv2dOptions extends ConvOptions {
  /** Channels of the output. */
  filters: number;
  /** Groups of channels that do not mix. Default 1. */
  groups?: number;
}

/** Options of {@link depthwiseConv2d}. */
export interface DepthwiseConv2dOptions extends ConvOptions {
  /** Output channels for each input channel. Default 1. */
  depthMultiplier?: number;
}

/** 2-D convolution (cross-correlation); kernel [height, width, channels / groups, filters]. */
export class Conv2d extends Convolution<Conv2dOptions> {
  constructor(options: Conv2dOptions) {
    super(options, { ...convRules, filters: count, groups: count }, ["filters", "kernelSize"]);
    const { filters, groups = 1 } = options;
    if (filters % groups !== 0) fail("conv2d", `groups must divide ${filters} filters: got ${groups}`);
  }

  override get type(): string {
    return "conv2d";
  }

  protected override kernelShape(x: Tensor): Shape {
    const { filters, kernelSize, groups = 1 } = this.options;
    const channels = expectImages("conv2d", x);
    if (channels % groups !== 0) fail("conv2d", `groups must divide ${channels} channels: got ${groups}`);
    return [...both(kernelSize), channels / groups, filters];
  }

  protected override filtersOf(): number {
    return this.options.filters;
  }

  protected override convolve(x: Tensor): Tensor {
    return x.conv2d(this.kernel.value, this.options);
  }
}

/** A convolution of each channel by itself; kernel [height, width, channels, depthMultiplier]. */
export class DepthwiseConv2d extends Convolution<DepthwiseConv2dOptions> {
  constructor(options: DepthwiseConv2dOptions) {
    super(options, { ...convRules, depthMultiplier: count }, ["kernelSize"]);
  }

  override get type(): string {
    return "depthwiseConv2d";
  }

  protected override kernelShape(x: Tensor): Shape {
    const { kernelSize, depthMultiplier = 1 } = this.options;
    return [...both(kernelSize), expectImages("depthwiseConv2d", x), depthMultiplier];
  }

  protected override filtersOf(x: Tensor): number {
    return x.shape[3] * (this.options.depthMultiplier ?? 1);
  }

  protected override convolve(x: Tensor): Tensor {
    return x.depthwiseConv2d(this.kernel.value, this.options);
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
