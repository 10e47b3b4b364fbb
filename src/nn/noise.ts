/** Layers that add noise in training. */
import { fail } from "../base/errors.ts";
import { isTraining } from "../runtime/trace.ts";
import { randomNormal } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf } from "./options.ts";

export interface GaussianNoiseOptions {
  /** Standard deviation of the noise. */
  std: number;
}

export interface NoisyReluOptions {
  /** Standard deviation of the noise. Default √sigmoid(x), as in the paper. */
  std?: number;
}

const checkSpread = (where: string, std: number): void => {
  if (!(std >= 0 && std < Infinity)) fail(where, `std must be a number of at least 0: got ${std}`);
};

export class GaussianNoise extends Module {
  constructor(readonly options: GaussianNoiseOptions) {
    super();
    checkSpread(this.type, options.std);
  }

  override get type(): string {
    return "gaussianNoise";
  }

  forward(x: Tensor): Tensor {
    return isTraining() ? x.add(randomNormal(x.shape, this.options)) : x;
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

export class NoisyRelu extends Module {
  constructor(readonly options: NoisyReluOptions = {}) {
    super();
    checkSpread(this.type, options.std ?? 0);
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

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
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
export const noisyRelu = (options: NoisyReluOptions = {}): NoisyRelu => new NoisyRelu(options);
