/** The fully connected layer. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import { showShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Weighted, type WeightedOptions, weightedOptions } from "./weighted.ts";

const denseOptions = options({
  /** Length of the last axis of the output. */
  units: required(count()),
  ...weightedOptions.entries,
});

/** Options of {@link dense}. */
export interface DenseOptions extends WeightedOptions, OptionsOf<typeof denseOptions> {}

/** activation(x · kernel + bias) over the last axis: [..., features] → [..., units]; kernel [features, units]. */
export class Dense extends Weighted<ValuesOf<typeof denseOptions>> {
  constructor(options: DenseOptions) {
    super(denseOptions, options);
  }

  override get type(): string {
    return "dense";
  }

  protected override setup(x: Tensor): void {
    if (x.rank < 2) fail("dense", `expects input [batch, ..., features]: got ${showShape(x.shape)}`);
    const { units } = this.options;
    this.makeWeights([x.shape[x.rank - 1], units], [units]);
  }

  forward(x: Tensor): Tensor {
    const features = this.kernel.shape[0];
    if (x.shape[x.rank - 1] !== features) {
      fail("dense", `expects ${features} features: got input ${showShape(x.shape)}`);
    }
    return this.finish(x.matmul(this.kernel.value));
  }
}

/**
 * Fully connected: activation(x · kernel + bias), [batch, ..., features] → [batch, ..., units].
 *
 * @throws HeddleError when an option is wrong; at the first call when the input has fewer than two axes
 */
export const dense = (options: DenseOptions): Dense => new Dense(options);
