/** Dropout, of single elements and of whole channels. Srivastava et al. 2014; Tompson et al. 2015. */
import { fail } from "../base/errors.ts";
import { fraction } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import { type Shape, showShape } from "../base/shape.ts";
import { isTraining } from "../runtime/trace.ts";
import { dropoutMask } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";

const dropoutOptions = options({
  /** Fraction that is set to 0 in training; the others grow by 1 / (1 − rate). */
  rate: required(fraction()),
});

/** Options of {@link dropout}. */
export interface DropoutOptions extends OptionsOf<typeof dropoutOptions> {}

/** The layer that {@link dropout} makes. */
export class Dropout extends BuiltIn<ValuesOf<typeof dropoutOptions>> {
  constructor(options: DropoutOptions) {
    super(dropoutOptions, options);
  }

  override get type(): string {
    return "dropout";
  }

  /** Shape of the mask: axes of length 1 are dropped as one. */
  protected maskShape(shape: Shape): Shape {
    return shape;
  }

  forward(x: Tensor): Tensor {
    const { rate } = this.options;
    return isTraining() && rate > 0 ? x.mul(dropoutMask(this.maskShape(x.shape), rate)) : x;
  }
}

/** The layer that {@link spatialDropout} makes. */
export class SpatialDropout extends Dropout {
  override get type(): string {
    return "spatialDropout";
  }

  protected override setup(x: Tensor): void {
    this.maskShape(x.shape);
  }

  protected override maskShape(shape: Shape): Shape {
    if (shape.length < 3) fail(this.type, `expects input [batch, ..., channels]: got ${showShape(shape)}`);
    return shape.map((d, axis) => (axis === 0 || axis === shape.length - 1 ? d : 1));
  }
}

/**
 * Sets elements to 0 in training; evaluation passes the input on.
 *
 * @throws HeddleError when `rate` is not in [0, 1)
 */
export const dropout = (options: DropoutOptions): Dropout => new Dropout(options);

/**
 * Sets whole channels of [batch, ..., channels] to 0 in training: neighbouring pixels are too much alike to be dropped
 * one by one.
 *
 * @throws HeddleError when `rate` is not in [0, 1)
 */
export const spatialDropout = (options: DropoutOptions): SpatialDropout => new SpatialDropout(options);
