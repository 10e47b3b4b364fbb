/** Transposed convolution: the layer that undoes the shrinking of a strided one. */
import { fail } from "../base/errors.ts";
import { count, fromZero, type Rule, show } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import type { Pair } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ConvOptions, Convolution, convRules } from "./convolution.ts";
import { both, expectImages } from "./options.ts";

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeOptions extends ConvOptions {
  /** Channels of the output. */
  filters: number;
  /** Rows and columns beyond the smallest size that a convolution maps to the input; below the stride. Default 0. */
  outputPadding?: Pair;
}

const outputPadding: Rule = (value, where, name) => {
  const isRight = Array.isArray(value)
    ? value.length === 2 && !value.some((v) => fromZero(v, where, name))
    : !fromZero(value, where, name);
  return isRight ? "" : "must be an integer of at least 0 or two of them";
};

/** kernel [height, width, filters, channels] */
export class Conv2dTranspose extends Convolution<Conv2dTransposeOptions> {
  constructor(options: Conv2dTransposeOptions) {
    super(options, { ...convRules, filters: count, outputPadding }, ["filters", "kernelSize"]);
    const [strides, added] = [both(options.strides ?? 1), both(options.outputPadding ?? 0)];
    if (added.some((n, axis) => n >= strides[axis])) {
      const got = `${show(options.outputPadding)} and ${show(options.strides ?? 1)}`;
      fail("conv2dTranspose", `outputPadding must be smaller than strides: got ${got}`);
    }
  }

  override get type(): string {
    return "conv2dTranspose";
  }

  protected override kernelShape(x: Tensor): Shape {
    const { filters, kernelSize } = this.options;
    return [...both(kernelSize), filters, expectImages("conv2dTranspose", x)];
  }

  protected override filtersOf(): number {
    return this.options.filters;
  }

  protected override convolve(x: Tensor): Tensor {
    return x.conv2dTranspose(this.kernel.value, this.options);
  }
}

/**
 * Spreads each pixel over a learned window: [batch, height, width, channels] → [batch, height', width', filters], with
 * height' = height · stride for `same`, else (height − 1) · stride + window − padding. Zeiler et al. 2010.
 *
 * @throws HeddleError when an option is wrong; also when `outputPadding` reaches the stride
 */
export const conv2dTranspose = (options: Conv2dTransposeOptions): Conv2dTranspose =>
  new Conv2dTranspose(options);
