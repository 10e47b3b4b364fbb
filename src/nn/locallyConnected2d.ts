/** A convolution that shares no weights: every place has filters of its own. */
import { count } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import type { Shape } from "../base/shape.ts";
import { outputShape, type Window2d, windowOf } from "../ops/window.ts";
import { concat, type Tensor } from "../tensor/tensor.ts";
import { type ConvOptions, convOptions } from "./convolution.ts";
import { both, expectImages } from "./options.ts";
import { Weighted } from "./weighted.ts";
import { unusedBorder } from "./window.ts";

const locallyConnected2dOptions = options({
  /** Channels of the output. */
  filters: required(count()),
  ...convOptions.entries,
});

/** Options of {@link locallyConnected2d}. */
export interface LocallyConnected2dOptions extends ConvOptions, OptionsOf<typeof locallyConnected2dOptions> {}

/** kernel [height' · width', window · channels, filters], bias [height', width', filters] */
export class LocallyConnected2d extends Weighted<ValuesOf<typeof locallyConnected2dOptions>> {
  constructor(options: LocallyConnected2dOptions) {
    super(locallyConnected2dOptions, options);
  }

  override get type(): string {
    return "locallyConnected2d";
  }

  #window(x: Shape): Window2d {
    const { kernelSize, filters } = this.options;
    return windowOf(this.type, x, both(kernelSize), filters, this.options);
  }

  protected override setup(x: Tensor): void {
    const channels = expectImages(this.type, x);
    const { kernelHeight, kernelWidth, outHeight, outWidth, outChannels } = this.#window(x.shape);
    this.makeWeights(
      [outHeight * outWidth, kernelHeight * kernelWidth * channels, outChannels],
      [outHeight, outWidth, outChannels],
    );
  }

  forward(x: Tensor): Tensor {
    const window = this.#window(x.shape);
    const products = patches(x, window).matmul(this.kernel.value);
    return this.finish(products.transpose([1, 0, 2]).reshape(outputShape(window)));
  }

  override note(): string | undefined {
    const [shape] = this.inputShapes ?? [];
    return shape && unusedBorder(this.#window([1, ...shape]));
  }
}

/** What each place sees: [batch, height, width, channels] → [height' · width', batch, window · channels]. */
function patches(x: Tensor, { strides, dilation, padding, ...w }: Window2d): Tensor {
  const padded = x.pad([[0, 0], ...padding, [0, 0]]);
  const parts: Tensor[] = [];
  for (let row = 0; row < w.kernelHeight; row++) {
    for (let column = 0; column < w.kernelWidth; column++) {
      const [top, left] = [row * dilation[0], column * dilation[1]];
      const [bottom, right] = [top + (w.outHeight - 1) * strides[0], left + (w.outWidth - 1) * strides[1]];
      parts.push(padded.slice([0, top, left], [undefined, bottom + 1, right + 1], [1, ...strides]));
    }
  }
  const seen = concat(parts, -1);
  const features = seen.shape[3];
  return seen.reshape([w.batch, w.outHeight * w.outWidth, features]).transpose([1, 0, 2]);
}

/**
 * A convolution without shared weights: [batch, height, width, channels] → [batch, height', width', filters]. The
 * kernel fixes the size of the images. LeCun 1989; Taigman et al. 2014.
 *
 * @throws HeddleError when an option is wrong; at the first call when no output is left
 */
export const locallyConnected2d = (options: LocallyConnected2dOptions): LocallyConnected2d =>
  new LocallyConnected2d(options);
