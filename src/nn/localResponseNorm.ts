/** AlexNet's normalisation across channels. Krizhevsky, Sutskever & Hinton 2012. */
import type { LocalResponseNormOptions } from "../ops/localResponseNorm.ts";
import { localResponseNorm as normalize } from "../tensor/images.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf, count } from "./options.ts";

export class LocalResponseNorm extends Module {
  constructor(readonly options: LocalResponseNormOptions = {}) {
    super();
    count("localResponseNorm", "size", options.size ?? 5);
  }

  override get type(): string {
    return "localResponseNorm";
  }

  forward(x: Tensor): Tensor {
    return normalize(x, this.options);
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

/** x / (k + α · Σ x²)^β over neighbouring channels (last axis); the shape stays. Nothing is learned. */
export const localResponseNorm = (options: LocalResponseNormOptions = {}): LocalResponseNorm =>
  new LocalResponseNorm(options);
