/** Layers that add noise in training. */
import { notNegative } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import { isTraining } from "../runtime/trace.ts";
import { randomNormal } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";

const gaussianNoiseOptions = options({
  /** Standard deviation of the noise. */
  std: required(notNegative()),
});

/** Options of {@link gaussianNoise}. */
export interface GaussianNoiseOptions extends OptionsOf<typeof gaussianNoiseOptions> {}

const noisyReluOptions = options({
  /** Standard deviation of the noise. Default: √sigmoid(x), as in the paper. */
  std: notNegative(),
});

/** Options of {@link noisyRelu}. */
export interface NoisyReluOptions extends OptionsOf<typeof noisyReluOptions> {}

/** The layer that {@link gaussianNoise} makes. */
export class GaussianNoise extends BuiltIn<ValuesOf<typeof gaussianNoiseOptions>> {
  constructor(options: GaussianNoiseOptions) {
    super(gaussianNoiseOptions, options);
  }

  override get type(): string {
    return "gaussianNoise";
  }

  forward(x: Tensor): Tensor {
    return isTraining() ? x.add(randomNormal(x.shape, this.options)) : x;
  }
}

/** The layer that {@link noisyRelu} makes. */
export class NoisyRelu extends BuiltIn<ValuesOf<typeof noisyReluOptions>> {
  constructor(options?: NoisyReluOptions) {
    super(noisyReluOptions, options);
  }

  override get type(): string {
    return "noisyRelu";
  }

  forward(x: Tensor): Tensor {
    if (!isTraining()) return x.relu();
    // The noise's spread is no path for the gradient.
    const spread = this.options.std ?? x.stopGradient().sigmoid().sqrt();
    return x.add(randomNormal(x.shape).mul(spread)).relu();
  }
}

/**
 * Adds normal noise of mean 0 in training; evaluation passes the input on.
 *
 * @throws HeddleError when `std` is negative
 */
export const gaussianNoise = (options: GaussianNoiseOptions): GaussianNoise => new GaussianNoise(options);

/**
 * relu(x + noise) in training, relu(x) in evaluation. Nair & Hinton 2010.
 *
 * @throws HeddleError when `std` is negative
 */
export const noisyRelu = (options?: NoisyReluOptions): NoisyRelu => new NoisyRelu(options);
