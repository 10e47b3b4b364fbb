/** What the convolutions with one kernel share: kernel and bias made at the first call, an activation at the end. */
import { flag, type Rules } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Padding, Pair } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ActivationLike, activationOf, activationRule } from "./activations.ts";
import { BuiltIn } from "./builtIn.ts";
import type { InitializerLike } from "./initializers.ts";
import { initializer, pairOfCounts, regularizer } from "./options.ts";
import type { RegularizerLike } from "./regularizers.ts";
import type { Parameter } from "./variable.ts";
import { borderNote, padding } from "./window.ts";

/** Of images. */
export const convRules: Rules<ConvOptions> = {
  kernelSize: pairOfCounts,
  strides: pairOfCounts,
  padding,
  dilation: pairOfCounts,
  activation: activationRule,
  useBias: flag,
  kernelInitializer: initializer,
  biasInitializer: initializer,
  kernelRegularizer: regularizer,
  biasRegularizer: regularizer,
};

/** Sizes are pairs [height, width], or numbers for both; in one dimension numbers. */
export interface ConvOptions<Size extends Pair = Pair, Sides = Padding> {
  /** Of the window. */
  kernelSize: Size;
  /** Default 1. */
  strides?: Size;
  /** Default `valid`. */
  padding?: Sides;
  /** Default 1. */
  dilation?: Size;
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

export abstract class Convolution<O extends ConvOptions<Pair, unknown>> extends BuiltIn<O> {
  /** Its weights. */
  kernel!: Parameter;
  /** What is added; undefined with `useBias: false`. */
  bias: Parameter | undefined;
  readonly #activation: (x: Tensor) => Tensor;

  constructor(options: O, rules: Rules<O>, required: readonly (keyof O & string)[]) {
    super(options, rules, required);
    this.#activation = activationOf(this.type, options.activation);
  }

  /** @throws HeddleError when x is no input of this layer */
  protected abstract kernelShape(x: Tensor): Shape;
  protected abstract filtersOf(x: Tensor): number;
  protected abstract convolve(x: Tensor): Tensor;

  protected override setup(x: Tensor): void {
    const { useBias = true, kernelInitializer, biasInitializer = "zeros" } = this.options;
    const { kernelRegularizer, biasRegularizer } = this.options;
    this.kernel = this.parameter(this.kernelShape(x), {
      initializer: kernelInitializer,
      regularizer: kernelRegularizer,
    });
    if (!useBias) return;
    const shape = [this.filtersOf(x)];
    this.bias = this.parameter(shape, { initializer: biasInitializer, regularizer: biasRegularizer });
  }

  forward(x: Tensor): Tensor {
    const y = this.convolve(x);
    return this.#activation(this.bias ? y.add(this.bias.value) : y);
  }

  override note(nodes: readonly Node[]): string | undefined {
    return borderNote(nodes);
  }
}
