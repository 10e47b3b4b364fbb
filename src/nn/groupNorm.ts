/** Normalisation of each sample over groups of channels. Wu & He 2018. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { showShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { type NormOptions, normOptions } from "./normalization.ts";
import type { Parameter } from "./variable.ts";

const groupNormOptions = options({
  ...normOptions.entries,
  /** They divide the channels; as many as channels is instance normalisation. Default 32. */
  groups: count(32),
});

/** Options of {@link groupNorm}. */
export interface GroupNormOptions extends NormOptions, OptionsOf<typeof groupNormOptions> {}

/** The layer that {@link groupNorm} makes. */
export class GroupNorm extends BuiltIn<ValuesOf<typeof groupNormOptions>> {
  /** [channels]; undefined with `scale: false`. */
  scale: Parameter | undefined;
  /** [channels]; undefined with `center: false`. */
  offset: Parameter | undefined;

  constructor(options?: GroupNormOptions) {
    super(groupNormOptions, options);
  }

  override get type(): string {
    return "groupNorm";
  }

  protected override setup(x: Tensor): void {
    const { groups, scale, center } = this.options;
    if (x.rank < 2) fail("groupNorm", `expects input [batch, ..., channels]: got ${showShape(x.shape)}`);
    const channels = x.shape[x.rank - 1];
    if (channels % groups !== 0) fail("groupNorm", `groups must divide ${channels} channels: got ${groups}`);
    if (scale) this.scale = this.parameter([channels], { initializer: "ones" });
    if (center) this.offset = this.parameter([channels], { initializer: "zeros" });
  }

  forward(x: Tensor): Tensor {
    const { groups, epsilon } = this.options;
    const { shape } = x;
    const [batch, channels] = [shape[0], shape[shape.length - 1]];
    const grouped = x.reshape([batch, -1, groups, channels / groups]);
    const normal = grouped.layerNorm({ epsilon, axes: [1, 3] }).reshape(shape);
    const scaled = this.scale ? normal.mul(this.scale.value) : normal;
    return this.offset ? scaled.add(this.offset.value) : scaled;
  }
}

/**
 * Normalises each sample over all places of a group of channels, then scales and shifts each channel: the shape stays
 * [batch, ..., channels]. Epsilon is 1e-3 as in Keras; PyTorch has 1e-5.
 *
 * @throws HeddleError at the first call when `groups` does not divide the channels
 */
export const groupNorm = (options?: GroupNormOptions): GroupNorm => new GroupNorm(options);
