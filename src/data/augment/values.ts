/** Stages that change the values of pixels: brightness, contrast, cutout. Values are not limited to [0, 1] after them. */
import { fail } from "../../base/errors.ts";
import { count } from "../options.ts";
import { checkSize, type Size } from "./frame.ts";
import { type PixelStage, type Range, range } from "./stage.ts";

/**
 * Adds an amount to every value.
 * @param options.delta default 0.2, that is between −0.2 and 0.2
 */
export function brightness({ delta = 0.2 }: { delta?: Range } = {}): PixelStage {
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
 */
export function contrast({ factor = 0.2 }: { factor?: Range } = {}): PixelStage {
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
 */
export function cutout({
  size,
  count: holes = 1,
  value = 0,
}: {
  size: Size;
  count?: number;
  value?: number;
}): PixelStage {
  const [height, width] = checkSize("cutout", size);
  count("cutout", "count", holes, 1);
  if (!Number.isFinite(value)) fail("cutout", `value must be a finite number: got ${value}`);
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
