/** Transposed convolution: the layer that undoes the shrinking of a strided one. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import type { Shape } from "../base/shape.ts";
import { show } from "../base/show.ts";
import type { Pair } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ConvOptions, Convolution, convOptions } from "./convolution.ts";
import { both, expectImages } from "./options.ts";

const outputPadding = /* @__PURE__ */ kind<Pair>((value) => {
  const both = Array.isArray(value) ? value : [value, value];
  const isRight = both.length === 2 && both.every((v) => Number.isInteger(v) && v >= 0);
  return isRight ? "" : "must be an integer of at least 0 or two of them";
});

const conv2dTransposeOptions = options({
  /** Channels of the output. */
  filters: required(count()),
  /** Rows and columns beyond the smallest size that a convolution maps to the input; below the stride. Default 0. */
  outputPadding: outputPadding(0),
  ...convOptions.entries,
});

/** Options of {@link conv2dTranspose}. */
export interface Conv2dTransposeOptions extends ConvOptions, OptionsOf<typeof conv2dTransposeOptions> {}

/** kernel [height, width, filters, channels] */
export class Conv2dTranspose extends Convolution<ValuesOf<typeof conv2dTransposeOptions>> {
  constructor(options: Conv2dTransposeOptions) {
    super(conv2dTransposeOptions, options);
    const { strides, outputPadding } = this.options;
    if (both(outputPadding).some((n, axis) => n >= both(strides)[axis])) {
      const got = `${show(outputPadding)} and ${show(strides)}`;
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
    const { strides, padding, dilation, outputPadding } = this.options;
    return x.conv2dTranspose(this.kernel.value, { strides, padding, dilation, outputPadding });
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
