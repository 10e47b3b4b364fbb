/** Images enlarged by whole factors. */
import { oneOf } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { pairOfCounts } from "../ops/window.ts";
import { resize } from "../tensor/images.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { both, expectImages } from "./options.ts";

const upSampling2dOptions = options({
  /** Factors of height and width. Default 2. */
  size: pairOfCounts(2),
  /** `nearest` repeats pixels, `bilinear` interpolates. Default `nearest`. */
  method: oneOf("nearest", "bilinear")("nearest"),
});

/** Options of {@link upSampling2d}. */
export interface UpSampling2dOptions extends OptionsOf<typeof upSampling2dOptions> {}

/** The layer that {@link upSampling2d} makes. */
export class UpSampling2d extends BuiltIn<ValuesOf<typeof upSampling2dOptions>> {
  constructor(options?: UpSampling2dOptions) {
    super(upSampling2dOptions, options);
  }

  override get type(): string {
    return "upSampling2d";
  }

  forward(x: Tensor): Tensor {
    expectImages(this.type, x);
    const [, height, width] = x.shape;
    const { size, method } = this.options;
    const [down, across] = both(size);
    return resize(x, [height * down, width * across], { method });
  }
}

/**
 * Enlarges images: [batch, height, width, channels] → [batch, height · size, width · size, channels].
 *
 * @throws HeddleError when a factor is no positive integer or the method is unknown
 */
export const upSampling2d = (options?: UpSampling2dOptions): UpSampling2d => new UpSampling2d(options);
