/** Pooling over sequences [batch, length, channels]; windows may overlap. */
import { count, flag } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import type { Node } from "../graph/node.ts";
import type { PoolOptions } from "../ops/pool.ts";
import { l2Pool2d, minPool2d } from "../tensor/images.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { expectSequences } from "./options.ts";
import { borderNote } from "./window.ts";
import { imageWindow, type Window1dOptions, window1dOptions } from "./window1d.ts";

const pool1dOptions = options({
  /** Length of the window. Default 2. */
  poolSize: count(2),
  /** Distance of one window from the next. Default: `poolSize`. */
  strides: count(),
  ...window1dOptions.entries,
});

/** Options of pooling along sequences. */
export interface Pool1dOptions extends Window1dOptions, OptionsOf<typeof pool1dOptions> {}

const avgPool1dOptions = options({
  ...pool1dOptions.entries,
  /** Divides by the whole window, padding included, as PyTorch does. Default false, as in Keras. */
  countPadding: flag(false),
});

/** Options of {@link avgPool1d}. */
export interface AvgPool1dOptions extends Pool1dOptions, OptionsOf<typeof avgPool1dOptions> {}

type Pool1dValues = ValuesOf<typeof pool1dOptions>;

abstract class Pooling1d<V extends Pool1dValues = Pool1dValues> extends BuiltIn<V> {
  protected abstract pool(images: Tensor, window: PoolOptions): Tensor;

  forward(x: Tensor): Tensor {
    expectSequences(this.type, x);
    const { poolSize, strides = poolSize, padding, dilation } = this.options;
    const window = imageWindow(this.type, x.shape, poolSize, { strides, padding, dilation });
    return this.pool(x.expandDims(1), { ...window, poolSize: [1, poolSize] as const }).squeeze(1);
  }

  override note(nodes: readonly Node[]): string | undefined {
    return borderNote(nodes);
  }
}

/** Pooling without options of its own. */
abstract class PlainPooling1d extends Pooling1d {
  constructor(options?: Pool1dOptions) {
    super(pool1dOptions, options);
  }
}

/** The layer that {@link maxPool1d} makes. */
export class MaxPool1d extends PlainPooling1d {
  override get type(): string {
    return "maxPool1d";
  }

  protected override pool(images: Tensor, window: PoolOptions): Tensor {
    return images.maxPool2d(window);
  }
}

/** The layer that {@link minPool1d} makes. */
export class MinPool1d extends PlainPooling1d {
  override get type(): string {
    return "minPool1d";
  }

  protected override pool(images: Tensor, window: PoolOptions): Tensor {
    return minPool2d(images, window);
  }
}

/** The layer that {@link avgPool1d} makes. */
export class AvgPool1d extends Pooling1d<ValuesOf<typeof avgPool1dOptions>> {
  constructor(options?: AvgPool1dOptions) {
    super(avgPool1dOptions, options);
  }

  override get type(): string {
    return "avgPool1d";
  }

  protected override pool(images: Tensor, window: PoolOptions): Tensor {
    return images.avgPool2d({ ...window, countPadding: this.options.countPadding });
  }
}

/** The layer that {@link l2Pool1d} makes. */
export class L2Pool1d extends PlainPooling1d {
  override get type(): string {
    return "l2Pool1d";
  }

  protected override pool(images: Tensor, window: PoolOptions): Tensor {
    return l2Pool2d(images, window);
  }
}

/**
 * The largest element of each window: [batch, length, channels] → [batch, length', channels].
 *
 * @throws HeddleError when an option is wrong; at the first call when the window does not fit
 */
export const maxPool1d = (options?: Pool1dOptions): MaxPool1d => new MaxPool1d(options);
/**
 * The smallest element of each window; options and shapes as for {@link maxPool1d}.
 * @throws HeddleError when an option is wrong
 */
export const minPool1d = (options?: Pool1dOptions): MinPool1d => new MinPool1d(options);
/**
 * The mean of each window; padding does not count unless `countPadding`.
 * @throws HeddleError when an option is wrong
 */
export const avgPool1d = (options?: AvgPool1dOptions): AvgPool1d => new AvgPool1d(options);
/**
 * The Euclidean norm √Σx² of each window; options and shapes as for {@link maxPool1d}.
 * @throws HeddleError when an option is wrong
 */
export const l2Pool1d = (options?: Pool1dOptions): L2Pool1d => new L2Pool1d(options);
