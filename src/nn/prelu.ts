/** The rectifier that learns its slope below 0. He et al. 2015. */
import { flag } from "../base/options.ts";
import { prelu as apply } from "../tensor/activations.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import type { InitializerLike } from "./initializers.ts";
import { initializer } from "./options.ts";
import type { Parameter } from "./variable.ts";

/** Options of {@link prelu}. */
export interface PreluOptions {
  /** One slope for all channels. Default false. */
  shared?: boolean;
  /** Default 0.25, as in the paper and in PyTorch; Keras starts at 0. */
  slopeInitializer?: InitializerLike;
}

/** The layer that {@link prelu} makes. */
export class Prelu extends BuiltIn<PreluOptions> {
  /** [channels], or [1] when shared. */
  slope!: Parameter;

  constructor(options: PreluOptions = {}) {
    super(options, { shared: flag, slopeInitializer: initializer });
  }

  override get type(): string {
    return "prelu";
  }

  protected override setup(x: Tensor): void {
    const { shared = false, slopeInitializer = { name: "constant", value: 0.25 } } = this.options;
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
export const prelu = (options: PreluOptions = {}): Prelu => new Prelu(options);
