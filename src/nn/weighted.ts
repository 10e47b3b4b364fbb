/** What layers with a kernel and a bias share: their options, making both, and the activation at the end. */
import { flag } from "../base/options/kinds.ts";
import { type OptionsOf, options, type SchemaOf, type ValuesOf } from "../base/options/schema.ts";
import type { Shape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { activationLike, activationOf } from "./activations.ts";
import { BuiltIn } from "./builtIn.ts";
import { initializerLike, regularizerLike } from "./options.ts";
import type { Parameter } from "./variable.ts";

/** The start and the cost of a kernel and a bias. */
export const weightOptions = options({
  /** Default true. */
  useBias: flag(true),
  /** Default `glorotUniform`. */
  kernelInitializer: initializerLike("glorotUniform"),
  /** Default `zeros`. */
  biasInitializer: initializerLike("zeros"),
  /** The kernel's term in the loss. Default: none. */
  kernelRegularizer: regularizerLike(),
  /** The bias' term in the loss. Default: none. */
  biasRegularizer: regularizerLike(),
});

/** Options of layers with a kernel and a bias. */
export interface WeightOptions extends OptionsOf<typeof weightOptions> {}

/** Of layers with an activation at the end. */
export const weightedOptions = options({
  /** Of the output. Default `linear`: none. */
  activation: activationLike("linear"),
  ...weightOptions.entries,
});

/** Options of layers with a kernel, a bias and an activation at the end. */
export interface WeightedOptions extends WeightOptions, OptionsOf<typeof weightedOptions> {}

export abstract class Weighted<V extends ValuesOf<typeof weightedOptions>> extends BuiltIn<V> {
  /** Its weights. */
  kernel!: Parameter;
  /** What is added; undefined with `useBias: false`. */
  bias: Parameter | undefined;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(schema: SchemaOf<V>, given: object) {
    super(schema, given);
    this.#activation = activationOf(this.type, this.options.activation);
  }

  /** Makes kernel and bias of the given shapes. */
  protected makeWeights(kernelShape: Shape, biasShape: Shape): void {
    const { useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer } = this.options;
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
