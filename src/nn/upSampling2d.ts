/** Images enlarged by whole factors. */
import { oneOf } from "../base/options.ts";
import type { ResizeMethod } from "../ops/resize.ts";
import { type Pair, pair } from "../ops/window.ts";
import { resize } from "../tensor/images.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { expectImages, pairOfCounts } from "./options.ts";

/** Options of {@link upSampling2d}. */
export interface UpSampling2dOptions {
  /** Factors of height and width. Default 2. */
  size?: Pair;
  /** `nearest` repeats pixels, `bilinear` interpolates. Default `nearest`. */
  method?: ResizeMethod;
}

/** The layer that {@link upSampling2d} makes. */
export class UpSampling2d extends BuiltIn<UpSampling2dOptions> {
  readonly #factors: readonly [number, number];

  constructor(options: UpSampling2dOptions = {}) {
    super(options, { size: pairOfCounts, method: oneOf("nearest", "bilinear") });
    this.#factors = pair("upSampling2d", "size", options.size ?? 2);
  }

  override get type(): string {
    return "upSampling2d";
  }

  forward(x: Tensor): Tensor {
    expectImages(this.type, x);
    const [, height, width] = x.shape;
    const size = [height * this.#factors[0], width * this.#factors[1]] as const;
    return resize(x, size, { method: this.options.method ?? "nearest" });
  }
}

/**
 * Enlarges images: [batch, height, width, channels] → [batch, height · size, width · size, channels].
 *
 * @throws HeddleError when a factor is no positive integer or the method is unknown
 */
export const upSampling2d = (options: UpSampling2dOptions = {}): UpSampling2d => new UpSampling2d(options);
