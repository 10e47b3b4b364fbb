/** Batch and layer normalisation; defaults as in Keras. */
import { fail } from "../base/errors.ts";
import { flag, fraction, notNegative } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { normalizeAxis, type Shape, showShape, sizeOf } from "../base/shape.ts";
import { constantSupport } from "../runtime/cachedConstants.ts";
import { isTraining, useConstants } from "../runtime/trace.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import type { Parameter, Variable } from "./variable.ts";

/** Options of all layers that normalise. */
export const normOptions = options({
  /** Added to the variance. Default 1e-3. */
  epsilon: notNegative(1e-3),
  /** Learns a factor. Default true. */
  scale: flag(true),
  /** Learns an offset. Default true. */
  center: flag(true),
});

/** Options of all layers that normalise. */
export interface NormOptions extends OptionsOf<typeof normOptions> {}

const batchNormOptions = options({
  ...normOptions.entries,
  /** Decay of the running statistics. Default 0.99. */
  momentum: fraction(0.99),
  /** The running variance is that of the population, n − 1, as in PyTorch. Default false, as in Keras. */
  unbiased: flag(false),
});

/** Options of {@link batchNorm}. */
export interface BatchNormOptions extends NormOptions, OptionsOf<typeof batchNormOptions> {}

/**
 * Normalises each channel (last axis) over all other axes. Training uses the batch's mean and biased variance and
 * moves the running ones towards them; evaluation, and a frozen layer, use the running ones. Ioffe & Szegedy 2015.
 */
export class BatchNorm extends BuiltIn<ValuesOf<typeof batchNormOptions>> {
  /** [channels]; undefined with `scale: false`. */
  scale: Parameter | undefined;
  /** [channels]; undefined with `center: false`. */
  offset: Parameter | undefined;
  /** [channels], what evaluation subtracts. */
  runningMean!: Variable;
  /** [channels], what evaluation divides by the root of. */
  runningVariance!: Variable;

  constructor(options?: BatchNormOptions) {
    super(batchNormOptions, options);
  }

  override get type(): string {
    return "batchNorm";
  }

  protected override setup(x: Tensor): void {
    if (x.rank < 2) fail("batchNorm", `expects input [batch, ..., channels]: got ${showShape(x.shape)}`);
    const { scale, center } = this.options;
    const channels = [x.shape[x.rank - 1]];
    if (scale) this.scale = this.parameter(channels, { initializer: "ones" });
    if (center) this.offset = this.parameter(channels, { initializer: "zeros" });
    this.runningMean = this.variable(channels, { initializer: "zeros" });
    this.runningVariance = this.variable(channels, { initializer: "ones" });
  }

  forward(x: Tensor): Tensor {
    const channels = this.runningMean.shape[0];
    if (x.shape[x.rank - 1] !== channels) {
      fail("batchNorm", `expects ${channels} channels: got input ${showShape(x.shape)}`);
    }
    // In evaluation mode the layer is a scale and a shift by constants alone.
    useConstants(constantSupport);
    const [mean, variance] = this.#statistics(x);
    const { epsilon } = this.options;
    return x.batchNorm(mean, variance, { scale: this.scale?.value, offset: this.offset?.value, epsilon });
  }

  #statistics(x: Tensor): [mean: Tensor, variance: Tensor] {
    if (!isTraining() || this.isFrozen) return [this.runningMean.value, this.runningVariance.value];
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const [mean, variance] = [x.mean(axes), x.variance(axes)];
    this.#follow(this.runningMean, mean);
    const count = sizeOf(x.shape.slice(0, -1));
    const correction = this.options.unbiased ? count / Math.max(1, count - 1) : 1;
    this.#follow(this.runningVariance, variance.mul(correction));
    return [mean, variance];
  }

  #follow(running: Variable, batch: Tensor): void {
    const { momentum } = this.options;
    running.assign(running.value.mul(momentum).add(batch.mul(1 - momentum)));
  }
}

/** An axis, or several. */
export const axisOrAxes = /* @__PURE__ */ kind<number | readonly number[]>((value) => {
  const axes = Array.isArray(value) ? value : [value];
  return axes.length > 0 && axes.every(Number.isInteger) ? "" : "must be an integer or several";
});

/** The axes, counted from 0. @throws HeddleError when the input lacks one */
export const axesOf = (where: string, axis: number | readonly number[], rank: number): number[] =>
  (typeof axis === "number" ? [axis] : axis).map((a) => normalizeAxis(where, a, rank));

/** A parameter's shape for the normalised axes: from the first of them on, so that it broadcasts. */
export function shapeOver(axes: readonly number[], shape: Shape): Shape {
  const first = Math.min(...axes);
  return shape.slice(first).map((d, i) => (axes.includes(first + i) ? d : 1));
}

const layerNormOptions = options({
  ...normOptions.entries,
  /** The axis, or axes, over which each sample is normalised. Default −1. */
  axis: axisOrAxes(-1),
});

/** Options of {@link layerNorm}. */
export interface LayerNormOptions extends NormOptions, OptionsOf<typeof layerNormOptions> {}

/** Normalises each sample over its last axis, or over `axis`. Ba et al. 2016. */
export class LayerNorm extends BuiltIn<ValuesOf<typeof layerNormOptions>> {
  /** Of the shape of the normalised axes; undefined with `scale: false`. */
  scale: Parameter | undefined;
  /** Of the shape of the normalised axes; undefined with `center: false`. */
  offset: Parameter | undefined;

  constructor(options?: LayerNormOptions) {
    super(layerNormOptions, options);
  }

  override get type(): string {
    return "layerNorm";
  }

  protected override setup(x: Tensor): void {
    const { axis, scale, center } = this.options;
    const shape = shapeOver(axesOf(this.type, axis, x.rank), x.shape);
    if (scale) this.scale = this.parameter(shape, { initializer: "ones" });
    if (center) this.offset = this.parameter(shape, { initializer: "zeros" });
  }

  forward(x: Tensor): Tensor {
    const { axis, epsilon } = this.options;
    const axes = axesOf(this.type, axis, x.rank);
    return x.layerNorm({ scale: this.scale?.value, offset: this.offset?.value, epsilon, axes });
  }
}

/**
 * Normalises each channel (last axis) over all other axes; the shape stays. Ioffe & Szegedy 2015.
 *
 * @throws HeddleError when `momentum` is not in [0, 1); at the first call when the input has fewer than two axes
 */
export const batchNorm = (options?: BatchNormOptions): BatchNorm => new BatchNorm(options);
/**
 * Normalises each sample over its last axis, or over `axis`; the shape stays. Ba et al. 2016.
 *
 * @throws HeddleError at the first call when the input lacks an axis
 */
export const layerNorm = (options?: LayerNormOptions): LayerNorm => new LayerNorm(options);
