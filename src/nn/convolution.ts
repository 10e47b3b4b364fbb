/** What the convolutions with one kernel share: their options, weights made at the first call, the note on borders. */
import type { Rules } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Padding, Pair } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { pairOfCounts } from "./options.ts";
import { Weighted, type WeightedOptions, weightedRules } from "./weighted.ts";
import { borderNote, padding } from "./window.ts";

/** Of images. */
export const convRules: Rules<ConvOptions> = {
  kernelSize: pairOfCounts,
  strides: pairOfCounts,
  padding,
  dilation: pairOfCounts,
  ...weightedRules,
};

/** Sizes are pairs [height, width], or numbers for both; in one dimension numbers. */
export interface ConvOptions<Size extends Pair = Pair, Sides = Padding> extends WeightedOptions {
  /** Of the window. */
  kernelSize: Size;
  /** Default 1. */
  strides?: Size;
  /** Default `valid`. */
  padding?: Sides;
  /** Default 1. */
  dilation?: Size;
}

export abstract class Convolution<O extends ConvOptions<Pair, unknown>> extends Weighted<O> {
  /** @throws HeddleError when x is no input of this layer */
  protected abstract kernelShape(x: Tensor): Shape;
  protected abstract filtersOf(x: Tensor): number;
  protected abstract convolve(x: Tensor): Tensor;

  protected override setup(x: Tensor): void {
    this.makeWeights(this.kernelShape(x), [this.filtersOf(x)]);
  }

  forward(x: Tensor): Tensor {
    return this.finish(this.convolve(x));
  }

  override note(nodes: readonly Node[]): string | undefined {
    return borderNote(nodes);
  }
}
