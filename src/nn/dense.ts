/** The fully connected layer. */
import { fail } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ActivationLike, activationOf } from "./activations.ts";
import type { InitializerLike } from "./initializers.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf, count } from "./options.ts";
import type { RegularizerLike } from "./regularizers.ts";
import type { Parameter } from "./variable.ts";

export interface DenseOptions {
  /** Length of the last axis of the output. */
  units: number;
  /** Default: none. */
  activation?: ActivationLike;
  /** Default true. */
  useBias?: boolean;
  /** Default `glorotUniform`. */
  kernelInitializer?: InitializerLike;
  /** Default `zeros`. */
  biasInitializer?: InitializerLike;
  /** What the kernel adds to the loss. Default: nothing. */
  kernelRegularizer?: RegularizerLike;
  /** What the bias adds to the loss. Default: nothing. */
  biasRegularizer?: RegularizerLike;
}

/** activation(x · kernel + bias) over the last axis: [..., features] → [..., units]. */
export class Dense extends Module {
  /** [features, units] */
  kernel!: Parameter;
  bias: Parameter | undefined;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(readonly options: DenseOptions) {
    super();
    count("dense", "units", options.units);
    this.#activation = activationOf("dense", options.activation);
  }

  override get type(): string {
    return "dense";
  }

  protected override setup(x: Tensor): void {
    const { units, useBias = true, kernelInitializer, biasInitializer = "zeros" } = this.options;
    const { kernelRegularizer, biasRegularizer } = this.options;
    if (x.rank < 2) fail("dense", `expects input [batch, ..., features]: got ${showShape(x.shape)}`);
    this.kernel = this.parameter([x.shape[x.rank - 1], units], {
      initializer: kernelInitializer,
      regularizer: kernelRegularizer,
    });
    if (useBias)
      this.bias = this.parameter([units], { initializer: biasInitializer, regularizer: biasRegularizer });
  }

  forward(x: Tensor): Tensor {
    const features = this.kernel.shape[0];
    if (x.shape[x.rank - 1] !== features) {
      fail("dense", `expects ${features} features: got input ${showShape(x.shape)}`);
    }
    const y = x.matmul(this.kernel.value);
    return this.#activation(this.bias ? y.add(this.bias.value) : y);
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

export const dense = (options: DenseOptions): Dense => new Dense(options);
