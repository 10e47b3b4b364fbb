/** The fully connected layer. */
import { fail } from "../base/errors.ts";
import { count, flag } from "../base/options.ts";
import { showShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ActivationLike, activationOf, activationRule } from "./activations.ts";
import { BuiltIn } from "./builtIn.ts";
import type { InitializerLike } from "./initializers.ts";
import { initializer, regularizer } from "./options.ts";
import type { RegularizerLike } from "./regularizers.ts";
import type { Parameter } from "./variable.ts";

/** Options of {@link dense}. */
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
export class Dense extends BuiltIn<DenseOptions> {
  /** [features, units] */
  kernel!: Parameter;
  /** What is added; undefined with `useBias: false`. */
  bias: Parameter | undefined;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(options: DenseOptions) {
    super(
      options,
      {
        units: count,
        activation: activationRule,
        useBias: flag,
        kernelInitializer: initializer,
        biasInitializer: initializer,
        kernelRegularizer: regularizer,
        biasRegularizer: regularizer,
      },
      ["units"],
    );
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
}

/**
 * Fully connected: activation(x · kernel + bias), [batch, ..., features] → [batch, ..., units].
 *
 * @throws HeddleError when an option is wrong; at the first call when the input has fewer than two axes
 */
export const dense = (options: DenseOptions): Dense => new Dense(options);
