/** The rectifier that learns its slope below 0. He et al. 2015. */
import { flag } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { prelu as apply } from "../tensor/activations.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { initializerLike } from "./options.ts";
import type { Parameter } from "./variable.ts";

const preluOptions = options({
  /** One slope for all channels. Default false. */
  shared: flag(false),
  /** Default 0.25, as in the paper and in PyTorch; Keras starts at 0. */
  slopeInitializer: initializerLike({ name: "constant", value: 0.25 }),
});

/** Options of {@link prelu}. */
export interface PreluOptions extends OptionsOf<typeof preluOptions> {}

/** The layer that {@link prelu} makes. */
export class Prelu extends BuiltIn<ValuesOf<typeof preluOptions>> {
  /** [channels], or [1] when shared. */
  slope!: Parameter;

  constructor(options?: PreluOptions) {
    super(preluOptions, options);
  }

  override get type(): string {
    return "prelu";
  }

  protected override setup(x: Tensor): void {
    const { shared, slopeInitializer } = this.options;
    const channels = shared ? 1 : (x.shape[x.rank - 1] ?? 1);
    this.slope = this.parameter([channels], { initializer: slopeInitializer });
  }

  forward(x: Tensor): Tensor {
    return apply(x, this.slope);
  }
}

/**
 * x above 0, slope · x below, with a learned slope for each channel (last axis); the shape stays.
 * @throws HeddleError when an option is wrong
 */
export const prelu = (options?: PreluOptions): Prelu => new Prelu(options);
