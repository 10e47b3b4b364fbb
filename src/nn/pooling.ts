/** Pooling over images [batch, height, width, channels]. */
import { fail } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import type { PoolOptions } from "../ops/pool.ts";
import { pair } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf } from "./options.ts";

abstract class Pooling extends Module {
  constructor(readonly options: PoolOptions) {
    super();
    pair(this.type, "poolSize", options.poolSize ?? 2);
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

/** The largest element of each window. */
export class MaxPool2d extends Pooling {
  override get type(): string {
    return "maxPool2d";
  }

  forward(x: Tensor): Tensor {
    return x.maxPool2d(this.options);
  }
}

/** The mean of each window; padding does not count. */
export class AvgPool2d extends Pooling {
  override get type(): string {
    return "avgPool2d";
  }

  forward(x: Tensor): Tensor {
    return x.avgPool2d(this.options);
  }
}

/** The mean of each channel: [batch, height, width, channels] → [batch, channels]. */
export class GlobalAvgPool2d extends Module {
  override get type(): string {
    return "globalAvgPool2d";
  }

  forward(x: Tensor): Tensor {
    if (x.rank !== 4) {
      fail(this.type, `expects input [batch, height, width, channels]: got ${showShape(x.shape)}`);
    }
    return x.mean([1, 2]);
  }

  override config(): LayerConfig {
    return { type: this.type };
  }
}

export const maxPool2d = (options: PoolOptions = {}): MaxPool2d => new MaxPool2d(options);
export const avgPool2d = (options: PoolOptions = {}): AvgPool2d => new AvgPool2d(options);
export const globalAvgPool2d = (): GlobalAvgPool2d => new GlobalAvgPool2d();
