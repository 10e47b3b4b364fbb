/** What layers with a kernel and a bias share: their options, making both, and the activation at the end. */
import { flag, type Rules } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ActivationLike, activationOf, activationRule } from "./activations.ts";
import { BuiltIn } from "./builtIn.ts";
import type { InitializerLike } from "./initializers.ts";
import { initializer, regularizer } from "./options.ts";
import type { RegularizerLike } from "./regularizers.ts";
import type { Parameter } from "./variable.ts";

/** How a kernel and a bias start, and what they cost. */
export interface WeightOptions {
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

export const weightRules: Rules<WeightOptions> = {
  useBias: flag,
  kernelInitializer: initializer,
  biasInitializer: initializer,
  kernelRegularizer: regularizer,
  biasRegularizer: regularizer,
};

/** Of layers with an activation at the end. */
export interface WeightedOptions extends WeightOptions {
  /** Default: none. */
  activation?: ActivationLike;
}

export const weightedRules: Rules<WeightedOptions> = { activation: activationRule, ...weightRules };

export abstract class Weighted<O extends WeightedOptions> extends BuiltIn<O> {
  /** Its weights. */
  kernel!: Parameter;
  /** What is added; undefined with `useBias: false`. */
  bias: Parameter | undefined;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(options: O, rules: Rules<O>, required: readonly (keyof O & string)[]) {
    super(options, rules, required);
    this.#activation = activationOf(this.type, options.activation);
  }

  /** Makes kernel and bias of the given shapes. */
  protected makeWeights(kernelShape: Shape, biasShape: Shape): void {
    const { useBias = true, kernelInitializer, biasInitializer = "zeros" } = this.options;
    const { kernelRegularizer, biasRegularizer } = this.options;
    this.kernel = this.parameter(kernelShape, {
      initializer: kernelInitializer,
      regularizer: kernelRegularizer,
    });
    if (!useBias) return;
    this.bias = this.parameter(biasShape, { initializer: biasInitializer, regularizer: biasRegularizer });
  }

  /** activation(y + bias) */
  protected finish(y: Tensor): Tensor {
    return this.#activation(this.bias ? y.add(this.bias.value) : y);
  }
}
