/** Convolution over sequences [batch, length, channels]. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import type { Shape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Convolution } from "./convolution.ts";
import { expectSequences } from "./options.ts";
import { type WeightedOptions, weightedOptions } from "./weighted.ts";
import { imageWindow, isPadding1d, type Padding1d } from "./window1d.ts";

const causalPadding = /* @__PURE__ */ kind<Padding1d | "causal">((value) =>
  value === "causal" || isPadding1d(value)
    ? ""
    : 'must be "valid", "same", "causal", an integer or [before, after]',
);

const conv1dOptions = options({
  /** Channels of the output. */
  filters: required(count()),
  /** Length of the window. */
  kernelSize: required(count()),
  /** Distance of one window from the next. Default 1. */
  strides: count(1),
  /** `causal` lets no output see what comes after it. Default `valid`. */
  padding: causalPadding("valid"),
  /** Distance of the elements of a window. Default 1. */
  dilation: count(1),
  /** Groups of channels that do not mix. Default 1. */
  groups: count(1),
  ...weightedOptions.entries,
});

/** Options of {@link conv1d}. */
export interface Conv1dOptions extends WeightedOptions, OptionsOf<typeof conv1dOptions> {}

/** 1-D convolution (cross-correlation); kernel [length, channels / groups, filters]. */
export class Conv1d extends Convolution<ValuesOf<typeof conv1dOptions>> {
  constructor(options: Conv1dOptions) {
    super(conv1dOptions, options);
    const { filters, groups } = this.options;
    if (filters % groups !== 0) fail("conv1d", `groups must divide ${filters} filters: got ${groups}`);
  }

  override get type(): string {
    return "conv1d";
  }

  protected override kernelShape(x: Tensor): Shape {
    const { filters, kernelSize, groups } = this.options;
    const channels = expectSequences("conv1d", x);
    if (channels % groups !== 0) fail("conv1d", `groups must divide ${channels} channels: got ${groups}`);
    return [kernelSize, channels / groups, filters];
  }

  protected override filtersOf(): number {
    return this.options.filters;
  }

  protected override convolve(x: Tensor): Tensor {
    const { kernelSize, strides, dilation, padding, groups } = this.options;
    const sides = padding === "causal" ? ([(kernelSize - 1) * dilation, 0] as const) : padding;
    const window = {
      ...imageWindow("conv1d", x.shape, kernelSize, { strides, dilation, padding: sides }),
      groups,
    };
    return x.expandDims(1).conv2d(this.kernel.value.expandDims(0), window).squeeze(1);
  }
}

/**
 * Slides learned windows over sequences: [batch, length, channels] → [batch, length', filters]. Waibel et al. 1989.
 *
 * @throws HeddleError when an option is wrong; at the first call when groups do not divide the channels or no output is left
 */
export const conv1d = (options: Conv1dOptions): Conv1d => new Conv1d(options);
