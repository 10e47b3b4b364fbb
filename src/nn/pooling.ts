/** Pooling over images [batch, height, width, channels]; windows may overlap. */
import { flag } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import type { Node } from "../graph/node.ts";
import { l2Pool2d as l2Pool, minPool2d as minPool } from "../tensor/images.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { borderNote, poolOptions } from "./window.ts";

/** Options of pooling over images. */
export interface PoolOptions extends OptionsOf<typeof poolOptions> {}

const avgPoolOptions = options({
  ...poolOptions.entries,
  /** Divides by the whole window, padding included, as PyTorch does. Default false, as in Keras. */
  countPadding: flag(false),
});

/** Options of {@link avgPool2d}. */
export interface AvgPoolOptions extends PoolOptions, OptionsOf<typeof avgPoolOptions> {}

type PoolValues = ValuesOf<typeof poolOptions>;

abstract class Pooling<V extends PoolValues = PoolValues> extends BuiltIn<V> {
  protected get window() {
    const { poolSize, strides = poolSize, padding, dilation } = this.options;
    return { poolSize, strides, padding, dilation };
  }

  override note(nodes: readonly Node[]): string | undefined {
    return borderNote(nodes);
  }
}

/** Pooling without options of its own. */
abstract class PlainPooling extends Pooling {
  constructor(options?: PoolOptions) {
    super(poolOptions, options);
  }
}

/** The layer that {@link maxPool2d} makes. */
export class MaxPool2d extends PlainPooling {
  override get type(): string {
    return "maxPool2d";
  }

  forward(x: Tensor): Tensor {
    return x.maxPool2d(this.window);
  }
}

/** The layer that {@link minPool2d} makes. */
export class MinPool2d extends PlainPooling {
  override get type(): string {
    return "minPool2d";
  }

  forward(x: Tensor): Tensor {
    return minPool(x, this.window);
  }
}

/** The layer that {@link avgPool2d} makes. */
export class AvgPool2d extends Pooling<ValuesOf<typeof avgPoolOptions>> {
  constructor(options?: AvgPoolOptions) {
    super(avgPoolOptions, options);
  }

  override get type(): string {
    return "avgPool2d";
  }

  forward(x: Tensor): Tensor {
    return x.avgPool2d({ ...this.window, countPadding: this.options.countPadding });
  }
}

/** The layer that {@link l2Pool2d} makes. */
export class L2Pool2d extends PlainPooling {
  override get type(): string {
    return "l2Pool2d";
  }

  forward(x: Tensor): Tensor {
    return l2Pool(x, this.window);
  }
}

/**
 * The largest element of each window: [batch, height, width, channels] → [batch, height', width', channels].
 *
 * @throws HeddleError when an option is wrong; at the first call when the window does not fit
 */
export const maxPool2d = (options?: PoolOptions): MaxPool2d => new MaxPool2d(options);

/**
 * The smallest element of each window; options and shapes as for {@link maxPool2d}.
 * @throws HeddleError when an option is wrong
 */
export const minPool2d = (options?: PoolOptions): MinPool2d => new MinPool2d(options);

/**
 * The mean of each window; padding does not count unless `countPadding`. Options otherwise as for {@link maxPool2d}.
 * @throws HeddleError when an option is wrong
 */
export const avgPool2d = (options?: AvgPoolOptions): AvgPool2d => new AvgPool2d(options);

/**
 * The Euclidean norm √Σx² of each window; options and shapes as for {@link maxPool2d}.
 * @throws HeddleError when an option is wrong
 */
export const l2Pool2d = (options?: PoolOptions): L2Pool2d => new L2Pool2d(options);
