/** Normalisation of each sample by its root mean square. Zhang & Sennrich 2019. */
import { flag, notNegative } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { axesOf, axisOrAxes, shapeOver } from "./normalization.ts";
import type { Parameter } from "./variable.ts";

const rmsNormOptions = options({
  /** The axis, or axes, over which each sample is normalised. Default −1. */
  axis: axisOrAxes(-1),
  /** Added to the mean square. Default 1e-6, as in Keras. */
  epsilon: notNegative(1e-6),
  /** Learns a factor. Default true. */
  scale: flag(true),
});

/** Options of {@link rmsNorm}. */
export interface RmsNormOptions extends OptionsOf<typeof rmsNormOptions> {}

/** The layer that {@link rmsNorm} makes. */
export class RmsNorm extends BuiltIn<ValuesOf<typeof rmsNormOptions>> {
  /** Of the shape of the normalised axes; undefined with `scale: false`. */
  scale: Parameter | undefined;

  constructor(options?: RmsNormOptions) {
    super(rmsNormOptions, options);
  }

  override get type(): string {
    return "rmsNorm";
  }

  protected override setup(x: Tensor): void {
    const { axis, scale } = this.options;
    const axes = axesOf(this.type, axis, x.rank);
    if (scale) this.scale = this.parameter(shapeOver(axes, x.shape), { initializer: "ones" });
  }

  forward(x: Tensor): Tensor {
    const { axis, epsilon } = this.options;
    const meanSquare = x.square().mean(axesOf(this.type, axis, x.rank), true);
    const normal = x.mul(meanSquare.add(epsilon).rsqrt());
    return this.scale ? normal.mul(this.scale.value) : normal;
  }
}

/**
 * x / √(mean(x²) + ε) · scale for each sample, over its last axis or over `axis`; the shape stays.
 *
 * @throws HeddleError when an option is wrong; at the first call when the input lacks an axis
 */
export const rmsNorm = (options?: RmsNormOptions): RmsNorm => new RmsNorm(options);
