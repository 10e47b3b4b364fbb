/** Depthwise separable convolution: space first, then channels. */
import { count } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import type { Node } from "../graph/node.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { activationOf } from "./activations.ts";
import { BuiltIn } from "./builtIn.ts";
import { type ConvOptions, convOptions } from "./convolution.ts";
import { both, expectImages, initializerLike } from "./options.ts";
import type { Parameter } from "./variable.ts";
import { borderNote } from "./window.ts";

const { kernelInitializer: _, ...common } = convOptions.entries;
const separableConv2dOptions = options({
  /** Channels of the output. */
  filters: required(count()),
  /** Channels between the two steps for each input channel. Default 1. */
  depthMultiplier: count(1),
  /** Default `glorotUniform`. */
  depthwiseInitializer: initializerLike("glorotUniform"),
  /** Default `glorotUniform`. */
  pointwiseInitializer: initializerLike("glorotUniform"),
  ...common,
});

/** Options of {@link separableConv2d}. */
export interface SeparableConv2dOptions
  extends Omit<ConvOptions, "kernelInitializer">,
    OptionsOf<typeof separableConv2dOptions> {}

/** The layer that {@link separableConv2d} makes. */
export class SeparableConv2d extends BuiltIn<ValuesOf<typeof separableConv2dOptions>> {
  /** [height, width, channels, depthMultiplier] */
  depthwiseKernel!: Parameter;
  /** [1, 1, channels · depthMultiplier, filters] */
  pointwiseKernel!: Parameter;
  /** What is added; undefined with `useBias: false`. */
  bias: Parameter | undefined;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(options: SeparableConv2dOptions) {
    super(separableConv2dOptions, options);
    this.#activation = activationOf(this.type, this.options.activation);
  }

  override get type(): string {
    return "separableConv2d";
  }

  protected override setup(x: Tensor): void {
    const { filters, kernelSize, depthMultiplier, useBias } = this.options;
    const { depthwiseInitializer, pointwiseInitializer, biasInitializer } = this.options;
    const { kernelRegularizer: regularizer, biasRegularizer } = this.options;
    const channels = expectImages(this.type, x);
    this.depthwiseKernel = this.parameter([...both(kernelSize), channels, depthMultiplier], {
      initializer: depthwiseInitializer,
      regularizer,
    });
    this.pointwiseKernel = this.parameter([1, 1, channels * depthMultiplier, filters], {
      initializer: pointwiseInitializer,
      regularizer,
    });
    if (!useBias) return;
    this.bias = this.parameter([filters], { initializer: biasInitializer, regularizer: biasRegularizer });
  }

  forward(x: Tensor): Tensor {
    const { strides, padding, dilation } = this.options;
    const spread = x.depthwiseConv2d(this.depthwiseKernel.value, { strides, padding, dilation });
    const y = spread.conv2d(this.pointwiseKernel.value);
    return this.#activation(this.bias ? y.add(this.bias.value) : y);
  }

  override note(nodes: readonly Node[]): string | undefined {
    return borderNote(nodes);
  }
}

/**
 * A convolution of each channel by itself, then one of 1 × 1 over the channels: [batch, height, width, channels] →
 * [batch, height', width', filters]. Chollet 2017.
 *
 * @throws HeddleError when an option is wrong; at the first call when no output is left
 */
export const separableConv2d = (options: SeparableConv2dOptions): SeparableConv2d =>
  new SeparableConv2d(options);
