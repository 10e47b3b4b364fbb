/** Stages that change the size of a picture: crop, pad. */
import { fail } from "../../base/errors.ts";
import { flag, fromZero } from "../../base/options/kinds.ts";
import { kind, type OptionsOf, options, required } from "../../base/options/schema.ts";
import { type Pair, pair, pairOfCounts } from "../../ops/window.ts";
import { type FillOptions, fillOptions, INDEX } from "./fill.ts";
import type { Pixels } from "./pixels.ts";
import type { PixelStage } from "./stage.ts";

/** One number for both, or [height, width]. */
export type Size = Pair;

const { check: isFromZero } = fromZero();

const margin = kind<Margin>((value, where, name) => {
  const sides = Array.isArray(value) ? value : [value, value];
  const isRight = [2, 4].includes(sides.length) && !sides.some((n) => isFromZero(n, where, name));
  return isRight ? "" : "must be an integer of at least 0, two or four of them";
});

const cropOptions = options({
  /** Of the part: a number, or [height, width]. */
  size: required(pairOfCounts()),
  /** Whether to take the middle instead. Default false. */
  center: flag(false),
});

/** Options of {@link crop}. */
export interface CropOptions extends OptionsOf<typeof cropOptions> {}

/**
 * Cuts out a part of the picture, anywhere with the same probability.
 * @throws HeddleError when an option is wrong; while reading, when a picture is smaller than that
 */
export function crop(options: CropOptions): PixelStage {
  const { size, center } = cropOptions.read("crop", options);
  const [height, width] = pair("crop", "size", size);
  return {
    config: { type: "crop", size: [height, width], center },
    change(pixels, random) {
      const [down, across] = [pixels.height - height, pixels.width - width];
      if (down < 0 || across < 0) {
        const had = `${pixels.height} × ${pixels.width}`;
        fail("crop", `a picture must be at least ${height} × ${width}: got ${had}; pad it first`);
      }
      const [y, x] = [random.below(down + 1), random.below(across + 1)];
      const [top, left] = center ? [down >> 1, across >> 1] : [y, x];
      const { channels } = pixels;
      const data = new Float32Array(height * width * channels);
      for (let row = 0; row < height; row++) {
        const from = ((top + row) * pixels.width + left) * channels;
        data.set(pixels.data.subarray(from, from + width * channels), row * width * channels);
      }
      return { data, height, width, channels };
    },
  };
}

/** All sides, [above and below, left and right], or [top, bottom, left, right]. */
export type Margin =
  | number
  | readonly [vertical: number, horizontal: number]
  | readonly [top: number, bottom: number, left: number, right: number];

const padOptions = options({
  ...fillOptions.entries,
  /** How many: a number, [vertical, horizontal], or [top, bottom, left, right]. */
  pixels: required(margin()),
});

/** Options of {@link pad}. */
export interface PadOptions extends FillOptions, OptionsOf<typeof padOptions> {}

/**
 * Adds pixels around the picture. With {@link crop} after it, it moves a picture by whole pixels.
 * @throws HeddleError when an option is wrong
 */
export function pad(options: PadOptions): PixelStage {
  const { pixels, fill, value } = padOptions.read("pad", options);
  const sides = sidesOf(pixels);
  const [top, bottom, left, right] = sides;
  const index = INDEX[fill];
  const change = ({ data: source, channels, ...size }: Pixels): Pixels => {
    const [height, width] = [size.height + top + bottom, size.width + left + right];
    const data = new Float32Array(height * width * channels).fill(value);
    for (let row = 0; row < height; row++) {
      const fromRow = index(row - top, size.height);
      if (fromRow < 0) continue;
      for (let column = 0; column < width; column++) {
        const fromColumn = index(column - left, size.width);
        if (fromColumn < 0) continue;
        const from = (fromRow * size.width + fromColumn) * channels;
        const to = (row * width + column) * channels;
        for (let channel = 0; channel < channels; channel++) data[to + channel] = source[from + channel];
      }
    }
    return { data, height, width, channels };
  };
  return { config: { type: "pad", pixels: sides, fill, value }, change };
}

function sidesOf(margin: Margin): readonly number[] {
  if (typeof margin === "number") return [margin, margin, margin, margin];
  if (margin.length === 4) return margin;
  const [vertical, horizontal] = margin;
  return [vertical, vertical, horizontal, horizontal];
}
