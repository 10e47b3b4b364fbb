/** AlexNet's normalisation across channels. Krizhevsky, Sutskever & Hinton 2012. */
import { count, notNegative, number, positive } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { localResponseNorm as normalize } from "../tensor/images.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";

const localResponseNormOptions = options({
  /** Neighbouring channels that count, the channel itself in the middle. Default 5. */
  size: count(5),
  /** Default 1e-4. PyTorch divides its alpha by `size`, Caffe too. */
  alpha: notNegative(1e-4),
  /** Default 0.75. */
  beta: number(0.75),
  /** Default 2, the paper's; PyTorch has 1. */
  k: positive(2),
});

/** Options of {@link localResponseNorm}. */
export interface LocalResponseNormOptions extends OptionsOf<typeof localResponseNormOptions> {}

/** The layer that {@link localResponseNorm} makes. */
export class LocalResponseNorm extends BuiltIn<ValuesOf<typeof localResponseNormOptions>> {
  constructor(options?: LocalResponseNormOptions) {
    super(localResponseNormOptions, options);
  }

  override get type(): string {
    return "localResponseNorm";
  }

  forward(x: Tensor): Tensor {
    return normalize(x, this.options);
  }
}

/**
 * x / (k + α · Σ x²)^β over neighbouring channels (last axis); the shape stays. Nothing is learned.
 * @throws HeddleError when the input has another rank
 */
export const localResponseNorm = (options?: LocalResponseNormOptions): LocalResponseNorm =>
  new LocalResponseNorm(options);
