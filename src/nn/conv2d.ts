/** Convolutions over images [batch, height, width, channels]. */
import { fail } from "../base/errors.ts";
import { type Shape, showShape } from "../base/shape.ts";
import { type Padding, type Pair, pair } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ActivationLike, activationOf } from "./activations.ts";
import type { InitializerLike } from "./initializers.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf, count } from "./options.ts";
import type { Parameter } from "./variable.ts";

interface ConvOptions {
  /** Height and width of the window. */
  kernelSize: Pair;
  /** Default 1. */
  strides?: Pair;
  /** Default `valid`. */
  padding?: Padding;
  /** Default 1. */
  dilation?: Pair;
  /** Default: none. */
  activation?: ActivationLike;
  /** Default true. */
  useBias?: boolean;
  /** Default `glorotUniform`. */
  kernelInitializer?: InitializerLike;
  /** Default `zeros`. */
  biasInitializer?: InitializerLike;
}

export interface Conv2dOptions extends ConvOptions {
  /** Channels of the output. */
  filters: number;
  /** Groups of channels that do not mix. Default 1. */
  groups?: number;
}

export interface DepthwiseConv2dOptions extends ConvOptions {
  /** Output channels for each input channel. Default 1. */
  depthMultiplier?: number;
}

/** What both kinds share: a kernel and a bias made at the first call, an activation at the end. */
abstract class Convolution<O extends ConvOptions> extends Module {
  kernel!: Parameter;
  bias: Parameter | undefined;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(readonly options: O) {
    super();
    pair(this.type, "kernelSize", options.kernelSize);
    this.#activation = activationOf(this.type, options.activation);
  }

  protected abstract kernelShape(window: readonly [number, number], channels: number): Shape;
  protected abstract filtersOf(channels: number): number;
  protected abstract convolve(x: Tensor): Tensor;

  protected override setup(x: Tensor): void {
    if (x.rank !== 4) {
      fail(this.type, `expects input [batch, height, width, channels]: got ${showShape(x.shape)}`);
    }
    const { kernelSize, useBias = true, kernelInitializer, biasInitializer = "zeros" } = this.options;
    const channels = x.shape[3];
    const shape = this.kernelShape(pair(this.type, "kernelSize", kernelSize), channels);
    this.kernel = this.parameter(shape, { initializer: kernelInitializer });
    if (useBias) this.bias = this.parameter([this.filtersOf(channels)], { initializer: biasInitializer });
  }

  forward(x: Tensor): Tensor {
    const y = this.convolve(x);
    return this.#activation(this.bias ? y.add(this.bias.value) : y);
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

/** 2-D convolution (cross-correlation); kernel [height, width, channels / groups, filters]. */
export class Conv2d extends Convolution<Conv2dOptions> {
  constructor(options: Conv2dOptions) {
    super(options);
    count("conv2d", "filters", options.filters);
    count("conv2d", "groups", options.groups ?? 1);
  }

  override get type(): string {
    return "conv2d";
  }

  protected override kernelShape([height, width]: readonly [number, number], channels: number): Shape {
    const { filters, groups = 1 } = this.options;
    if (channels % groups !== 0) fail("conv2d", `groups must divide ${channels} channels: got ${groups}`);
    return [height, width, channels / groups, filters];
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
    super(options);
    count("depthwiseConv2d", "depthMultiplier", options.depthMultiplier ?? 1);
  }

  override get type(): string {
    return "depthwiseConv2d";
  }

  protected override kernelShape([height, width]: readonly [number, number], channels: number): Shape {
    return [height, width, channels, this.options.depthMultiplier ?? 1];
  }

  protected override filtersOf(channels: number): number {
    return channels * (this.options.depthMultiplier ?? 1);
  }

  protected override convolve(x: Tensor): Tensor {
    return x.depthwiseConv2d(this.kernel.value, this.options);
  }
}

export const conv2d = (options: Conv2dOptions): Conv2d => new Conv2d(options);
export const depthwiseConv2d = (options: DepthwiseConv2dOptions): DepthwiseConv2d =>
  new DepthwiseConv2d(options);
