/** Pooling over sequences [batch, length, channels]; windows may overlap. */
import { count, flag, type Rules } from "../base/options.ts";
import type { Node } from "../graph/node.ts";
import type { PoolOptions } from "../ops/pool.ts";
import { l2Pool2d, minPool2d } from "../tensor/images.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { expectSequences } from "./options.ts";
import { borderNote } from "./window.ts";
import { imageWindow, type Window1d, window1dRules } from "./window1d.ts";

/** Options of pooling along sequences. */
export interface Pool1dOptions extends Window1d {
  /** Length of the window. Default 2. */
  poolSize?: number;
  /** Default: `poolSize`. */
  strides?: number;
}

/** Options of {@link avgPool1d}. */
export interface AvgPool1dOptions extends Pool1dOptions {
  /** Divides by the whole window, padding included, as PyTorch does. Default false, as in Keras. */
  countPadding?: boolean;
}

const pool1dRules: Rules<Pool1dOptions> = { ...window1dRules, poolSize: count };

abstract class Pooling1d<O extends Pool1dOptions = Pool1dOptions> extends BuiltIn<O> {
  constructor(options: O, rules = pool1dRules as Rules<O>) {
    super(options, rules);
  }

  protected abstract pool(images: Tensor, window: PoolOptions): Tensor;

  forward(x: Tensor): Tensor {
    expectSequences(this.type, x);
    const { poolSize = 2, strides = poolSize, ...rest } = this.options;
    const window = imageWindow(this.type, x.shape, poolSize, { ...rest, strides });
    return this.pool(x.expandDims(1), { ...rest, ...window, poolSize: [1, poolSize] as const }).squeeze(1);
  }

  override note(nodes: readonly Node[]): string | undefined {
    return borderNote(nodes);
  }
}

/** The layer that {@link maxPool1d} makes. */
export class MaxPool1d extends Pooling1d {
  override get type(): string {
    return "maxPool1d";
  }

  protected override pool(images: Tensor, window: PoolOptions): Tensor {
    return images.maxPool2d(window);
  }
}

/** The layer that {@link minPool1d} makes. */
export class MinPool1d extends Pooling1d {
  override get type(): string {
    return "minPool1d";
  }

  protected override pool(images: Tensor, window: PoolOptions): Tensor {
    return minPool2d(images, window);
  }
}

/** The layer that {@link avgPool1d} makes. */
export class AvgPool1d extends Pooling1d<AvgPool1dOptions> {
  constructor(options: AvgPool1dOptions) {
    super(options, { ...pool1dRules, countPadding: flag });
  }

  override get type(): string {
    return "avgPool1d";
  }

  protected override pool(images: Tensor, window: PoolOptions): Tensor {
    return images.avgPool2d(window);
  }
}

/** The layer that {@link l2Pool1d} makes. */
export class L2Pool1d extends Pooling1d {
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
export const maxPool1d = (options: Pool1dOptions = {}): MaxPool1d => new MaxPool1d(options);
/**
 * The smallest element of each window; options and shapes as for {@link maxPool1d}.
 * @throws HeddleError when an option is wrong
 */
export const minPool1d = (options: Pool1dOptions = {}): MinPool1d => new MinPool1d(options);
/**
 * The mean of each window; padding does not count unless `countPadding`.
 * @throws HeddleError when an option is wrong
 */
export const avgPool1d = (options: AvgPool1dOptions = {}): AvgPool1d => new AvgPool1d(options);
/**
 * The Euclidean norm √Σx² of each window; options and shapes as for {@link maxPool1d}.
 * @throws HeddleError when an option is wrong
 */
export const l2Pool1d = (options: Pool1dOptions = {}): L2Pool1d => new L2Pool1d(options);
