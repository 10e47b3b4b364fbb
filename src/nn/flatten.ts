/** One axis of features for each sample. */
import type { Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";

/** [batch, ...] → [batch, features] */
export class Flatten extends Module {
  override get type(): string {
    return "flatten";
  }

  forward(x: Tensor): Tensor {
    return x.rank === 1 ? x.expandDims(1) : x.flatten(1);
  }

  override config(): LayerConfig {
    return { type: this.type };
  }
}

/** One axis of all but the batch: [batch, ...] → [batch, features], row-major. */
export const flatten = (): Flatten => new Flatten();
