/** Convolution over sequences [batch, length, channels]. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ConvOptions, Convolution, convRules } from "./convolution.ts";
import { expectSequences } from "./options.ts";
import { imageWindow, type Padding1d, padding1d, window1dRules } from "./window1d.ts";

/** Options of {@link conv1d}. */
export interface Conv1dOptions extends ConvOptions<number, Padding1d | "causal"> {
  /** Channels of the output. */
  filters: number;
  /** `causal` lets no output see what comes after it. Default `valid`. */
  padding?: Padding1d | "causal";
  /** Groups of channels that do not mix. Default 1. */
  groups?: number;
}

/** 1-D convolution (cross-correlation); kernel [length, channels / groups, filters]. */
export class Conv1d extends Convolution<Conv1dOptions> {
  constructor(options: Conv1dOptions) {
    super(
      options,
      {
        ...convRules,
        ...window1dRules,
        padding: (value) =>
          value === "causal" || !padding1d(value, "", "")
            ? ""
            : 'must be "valid", "same", "causal", an integer or [before, after]',
        kernelSize: count,
        filters: count,
        groups: count,
      },
      ["filters", "kernelSize"],
    );
    const { filters, groups = 1 } = options;
    if (filters % groups !== 0) fail("conv1d", `groups must divide ${filters} filters: got ${groups}`);
  }

  override get type(): string {
    return "conv1d";
  }

  protected override kernelShape(x: Tensor): Shape {
    const { filters, kernelSize, groups = 1 } = this.options;
    const channels = expectSequences("conv1d", x);
    if (channels % groups !== 0) fail("conv1d", `groups must divide ${channels} channels: got ${groups}`);
    return [kernelSize, channels / groups, filters];
  }

  protected override filtersOf(): number {
    return this.options.filters;
  }

  protected override convolve(x: Tensor): Tensor {
    const { kernelSize, strides, dilation = 1, padding, groups } = this.options;
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
