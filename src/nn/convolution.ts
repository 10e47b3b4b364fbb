/** What the convolutions with one kernel share: their options, weights made at the first call, the note on borders. */
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import type { Shape } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import { pairOfCounts } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Weighted, type WeightedOptions, weightedOptions } from "./weighted.ts";
import { borderNote, padding2d } from "./window.ts";

/** Of convolutions over images. */
export const convOptions = options({
  /** Height and width of the window. */
  kernelSize: required(pairOfCounts()),
  /** Distance of one window from the next. Default 1. */
  strides: pairOfCounts(1),
  /** Default `valid`: none. */
  padding: padding2d("valid"),
  /** Distance of the elements of a window. Default 1. */
  dilation: pairOfCounts(1),
  ...weightedOptions.entries,
});

/** Sizes are pairs [height, width], or numbers for both. */
export interface ConvOptions extends WeightedOptions, OptionsOf<typeof convOptions> {}

export abstract class Convolution<V extends ValuesOf<typeof weightedOptions>> extends Weighted<V> {
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
