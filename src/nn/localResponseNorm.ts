/** AlexNet's normalisation across channels. Krizhevsky, Sutskever & Hinton 2012. */
import { count, notNegative, number, positive } from "../base/options.ts";
import type { LocalResponseNormOptions } from "../ops/localResponseNorm.ts";
import { localResponseNorm as normalize } from "../tensor/images.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";

/** The layer that {@link localResponseNorm} makes. */
export class LocalResponseNorm extends BuiltIn<LocalResponseNormOptions> {
  constructor(options: LocalResponseNormOptions = {}) {
    super(options, { size: count, alpha: notNegative, beta: number, k: positive });
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
export const localResponseNorm = (options: LocalResponseNormOptions = {}): LocalResponseNorm =>
  new LocalResponseNorm(options);
