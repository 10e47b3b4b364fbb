/** Stages that change the values of pixels: brightness, contrast, cutout. Values are not limited to [0, 1] after them. */
import { checkOptions, count as countRule, number } from "../../base/options.ts";
import { checkedInUse } from "../options.ts";
import { checkSize, type Size, sizeRule } from "./frame.ts";
import { type PixelStage, type Range, range } from "./stage.ts";

/**
 * Adds an amount to every value.
 * @param options.delta default 0.2, that is between −0.2 and 0.2
 * @throws HeddleError when an option is wrong
 */
export function brightness(options: { delta?: Range } = {}): PixelStage {
  const { delta = 0.2 } = checkOptions("brightness", options, { delta: checkedInUse });
  const [low, high] = range("brightness", "delta", delta);
  return {
    config: { type: "brightness", delta: [low, high] },
    change(pixels, random) {
      const amount = random.uniform(low, high);
      return { ...pixels, data: pixels.data.map((value) => value + amount) };
    },
  };
}

/**
 * Scales the distance of every value from the mean of its channel.
 * @param options.factor default 0.2, that is between 0.8 and 1.2; a range `[low, high]` is taken as it is
 * @throws HeddleError when an option is wrong
 */
export function contrast(options: { factor?: Range } = {}): PixelStage {
  const { factor = 0.2 } = checkOptions("contrast", options, { factor: checkedInUse });
  const [low, high] = range("contrast", "factor", factor, { neutral: 1, least: 0 });
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

/**
 * Sets rectangles around random pixels to one value; they are cut off at the border.
 * Source: DeVries, Taylor, "Improved regularization of convolutional neural networks with cutout" (2017).
 * @param options.size of a rectangle: a number, or [height, width]
 * @param options.count default 1
 * @param options.value default 0
 * @throws HeddleError when an option is wrong
 */
export function cutout(options: { size: Size; count?: number; value?: number }): PixelStage {
  const {
    size,
    count: holes = 1,
    value = 0,
  } = checkOptions("cutout", options, { size: sizeRule, count: countRule, value: number }, ["size"]);
  const [height, width] = checkSize("cutout", size);
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
