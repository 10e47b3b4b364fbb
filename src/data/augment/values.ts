/** Stages that change the values of pixels: brightness, contrast, cutout. Values are not limited to [0, 1] after them. */
import { count, number } from "../../base/options/kinds.ts";
import { type OptionsOf, options, required } from "../../base/options/schema.ts";
import { pair, pairOfCounts } from "../../ops/window.ts";
import { amount, type PixelStage, range } from "./stage.ts";

const brightnessOptions = options({
  /** Default 0.2: between −0.2 and 0.2. */
  delta: amount()(0.2),
});

/** Options of {@link brightness}. */
export interface BrightnessOptions extends OptionsOf<typeof brightnessOptions> {}

/**
 * Adds an amount to every value.
 * @throws HeddleError when an option is wrong
 */
export function brightness(options: BrightnessOptions = {}): PixelStage {
  const { delta } = brightnessOptions.read("brightness", options);
  const [low, high] = range("brightness", "delta", delta);
  return {
    config: { type: "brightness", delta: [low, high] },
    change(pixels, random) {
      const amount = random.uniform(low, high);
      return { ...pixels, data: pixels.data.map((value) => value + amount) };
    },
  };
}

const CONTRAST = { neutral: 1, least: 0 };

const contrastOptions = options({
  /** Default 0.2: between 0.8 and 1.2; a range `[low, high]` is taken as it is. */
  factor: amount(CONTRAST)(0.2),
});

/** Options of {@link contrast}. */
export interface ContrastOptions extends OptionsOf<typeof contrastOptions> {}

/**
 * Scales the distance of every value from the mean of its channel.
 * @throws HeddleError when an option is wrong
 */
export function contrast(options: ContrastOptions = {}): PixelStage {
  const { factor } = contrastOptions.read("contrast", options);
  const [low, high] = range("contrast", "factor", factor, CONTRAST);
  return {
    config: { type: "contrast", factor: [low, high] },
    change(pixels, random) {
      const { data, channels } = pixels;
      const scale = random.uniform(low, high);
      const means = new Float64Array(channels);
      for (let i = 0; i < data.length; i++) means[i % channels] += (data[i] * channels) / data.length;
      const scaled = data.map((value, i) => {
        const mean = means[i % channels];
        return mean + (value - mean) * scale;
      });
      return { ...pixels, data: scaled };
    },
  };
}

const cutoutOptions = options({
  /** Of a rectangle: a number, or [height, width]. */
  size: required(pairOfCounts()),
  /** Rectangles. Default 1. */
  count: count(1),
  /** Default 0. */
  value: number(0),
});

/** Options of {@link cutout}. */
export interface CutoutOptions extends OptionsOf<typeof cutoutOptions> {}

/**
 * Sets rectangles around random pixels to one value; they are cut off at the border.
 * Source: DeVries, Taylor, "Improved regularization of convolutional neural networks with cutout" (2017).
 * @throws HeddleError when an option is wrong
 */
export function cutout(options: CutoutOptions): PixelStage {
  const { size, count: holes, value } = cutoutOptions.read("cutout", options);
  const [height, width] = pair("cutout", "size", size);
  return {
    config: { type: "cutout", size: [height, width], count: holes, value },
    change(pixels, random) {
      const { channels } = pixels;
      const data = pixels.data.slice();
      for (let hole = 0; hole < holes; hole++) {
        const top = random.below(pixels.height) - (height >> 1);
        const left = random.below(pixels.width) - (width >> 1);
        const [first, last] = [Math.max(left, 0), Math.min(left + width, pixels.width)];
        for (let row = Math.max(top, 0); row < Math.min(top + height, pixels.height); row++) {
          data.fill(value, (row * pixels.width + first) * channels, (row * pixels.width + last) * channels);
        }
      }
      return { ...pixels, data };
    },
  };
}
