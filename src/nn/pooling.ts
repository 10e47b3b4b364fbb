/** Pooling over images [batch, height, width, channels]; windows may overlap. */
import { flag, type Rules } from "../base/options.ts";
import type { Node } from "../graph/node.ts";
import type { AvgPoolOptions, PoolOptions } from "../ops/pool.ts";
import { l2Pool2d as l2Pool, minPool2d as minPool } from "../tensor/images.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { borderNote, poolRules } from "./window.ts";

abstract class Pooling<O extends PoolOptions = PoolOptions> extends BuiltIn<O> {
  constructor(options: O, rules = poolRules as Rules<O>) {
    super(options, rules);
  }

  override note(nodes: readonly Node[]): string | undefined {
    return borderNote(nodes);
  }
}

/** The layer that {@link maxPool2d} makes. */
export class MaxPool2d extends Pooling {
  override get type(): string {
    return "maxPool2d";
  }

  forward(x: Tensor): Tensor {
    return x.maxPool2d(this.options);
  }
}

/** The layer that {@link minPool2d} makes. */
export class MinPool2d extends Pooling {
  override get type(): string {
    return "minPool2d";
  }

  forward(x: Tensor): Tensor {
    return minPool(x, this.options);
  }
}

/** The layer that {@link avgPool2d} makes. */
export class AvgPool2d extends Pooling<AvgPoolOptions> {
  constructor(options: AvgPoolOptions) {
    super(options, { ...poolRules, countPadding: flag });
  }

  override get type(): string {
    return "avgPool2d";
  }

  forward(x: Tensor): Tensor {
    return x.avgPool2d(this.options);
  }
}

/** The layer that {@link l2Pool2d} makes. */
export class L2Pool2d extends Pooling {
  override get type(): string {
    return "l2Pool2d";
  }

  forward(x: Tensor): Tensor {
    return l2Pool(x, this.options);
  }
}

/**
 * The largest element of each window: [batch, height, width, channels] → [batch, height', width', channels].
 *
 * @param options `poolSize` 2, `strides` as `poolSize`, `padding` `valid`, `dilation` 1 by default
 * @throws HeddleError when an option is wrong; at the first call when the window does not fit
 */
export const maxPool2d = (options: PoolOptions = {}): MaxPool2d => new MaxPool2d(options);

/**
 * The smallest element of each window; options and shapes as for {@link maxPool2d}.
 * @throws HeddleError when an option is wrong
 */
export const minPool2d = (options: PoolOptions = {}): MinPool2d => new MinPool2d(options);

/**
 * The mean of each window; padding does not count unless `countPadding`. Options otherwise as for {@link maxPool2d}.
 * @throws HeddleError when an option is wrong
 */
export const avgPool2d = (options: AvgPoolOptions = {}): AvgPool2d => new AvgPool2d(options);

/**
 * The Euclidean norm √Σx² of each window; options and shapes as for {@link maxPool2d}.
 * @throws HeddleError when an option is wrong
 */
export const l2Pool2d = (options: PoolOptions = {}): L2Pool2d => new L2Pool2d(options);
