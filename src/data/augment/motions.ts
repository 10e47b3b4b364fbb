/** Stages that move a picture as a whole: flip, rotate, shift, zoom, shear. Bilinear, about the centre. */
import { flag } from "../../base/options/kinds.ts";
import { type OptionsOf, options } from "../../base/options/schema.ts";
import { type FillOptions, fillOptions } from "./fill.ts";
import { amount, type MotionStage, range } from "./stage.ts";
import { Motion } from "./warp.ts";

const RADIANS = Math.PI / 180;
/** Zooming further out leaves nothing to see. */
const ZOOM = { neutral: 1, least: 0.01 };
const SHEAR = { least: -89, most: 89 };

const flipOptions = options({
  /** Default true, unless `vertical` is set. */
  horizontal: flag(),
  /** Default false. */
  vertical: flag(false),
});

/** Options of {@link flip}. */
export interface FlipOptions extends OptionsOf<typeof flipOptions> {}

/**
 * Mirrors left and right, up and down, each with probability ½.
 * @throws HeddleError when an option is wrong
 */
export function flip(options: FlipOptions = {}): MotionStage {
  const { vertical, horizontal = !vertical } = flipOptions.read("flip", options);
  return {
    config: { type: "flip", horizontal, vertical },
    motion(_, random) {
      const [x, y] = [random.below(2), random.below(2)];
      return new Motion([horizontal && x ? -1 : 1, 0, 0, 0, vertical && y ? -1 : 1, 0]);
    },
  };
}

const rotateOptions = options({
  ...fillOptions.entries,
  /** Default 10: between −10° and 10°. */
  degrees: amount()(10),
});

/** Options of {@link rotate}. */
export interface RotateOptions extends FillOptions, OptionsOf<typeof rotateOptions> {}

/**
 * Turns by an angle, counter-clockwise.
 * @throws HeddleError when an option is wrong
 */
export function rotate(options: RotateOptions = {}): MotionStage {
  const { degrees, ...fill } = rotateOptions.read("rotate", options);
  const [low, high] = range("rotate", "degrees", degrees);
  return {
    config: { type: "rotate", degrees: [low, high], ...fill },
    motion(_, random) {
      const angle = random.uniform(low, high) * RADIANS;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return new Motion([cos, -sin, 0, sin, cos, 0], fill);
    },
  };
}

const shiftOptions = options({
  ...fillOptions.entries,
  /** Default 0.1: up to a tenth of the width to either side. */
  horizontal: amount()(0.1),
  /** Default 0.1. */
  vertical: amount()(0.1),
});

/** Options of {@link shift}. */
export interface ShiftOptions extends FillOptions, OptionsOf<typeof shiftOptions> {}

/**
 * Moves to the right and down, by fractions of the width and the height.
 * @throws HeddleError when an option is wrong
 */
export function shift(options: ShiftOptions = {}): MotionStage {
  const { horizontal, vertical, ...fill } = shiftOptions.read("shift", options);
  const [left, right] = range("shift", "horizontal", horizontal);
  const [top, bottom] = range("shift", "vertical", vertical);
  return {
    config: { type: "shift", horizontal: [left, right], vertical: [top, bottom], ...fill },
    motion({ width, height }, random) {
      const x = random.uniform(left, right) * width;
      const y = random.uniform(top, bottom) * height;
      return new Motion([1, 0, -x, 0, 1, -y], fill);
    },
  };
}

const zoomOptions = options({
  ...fillOptions.entries,
  /** Default 0.1: between 0.9 and 1.1; a range `[low, high]` is taken as it is. */
  factor: amount(ZOOM)(0.1),
});

/** Options of {@link zoom}. */
export interface ZoomOptions extends FillOptions, OptionsOf<typeof zoomOptions> {}

/**
 * Enlarges (above 1) or shrinks (below 1), as far in width as in height.
 * @throws HeddleError when an option is wrong
 */
export function zoom(options: ZoomOptions = {}): MotionStage {
  const { factor, ...fill } = zoomOptions.read("zoom", options);
  const [low, high] = range("zoom", "factor", factor, ZOOM);
  return {
    config: { type: "zoom", factor: [low, high], ...fill },
    motion(_, random) {
      const scale = 1 / random.uniform(low, high);
      return new Motion([scale, 0, 0, 0, scale, 0], fill);
    },
  };
}

const shearOptions = options({
  ...fillOptions.entries,
  /** Default 10: between −10° and 10°; within ±89. */
  degrees: amount(SHEAR)(10),
});

/** Options of {@link shear}. */
export interface ShearOptions extends FillOptions, OptionsOf<typeof shearOptions> {}

/**
 * Slants: rows move sideways in proportion to their distance from the middle.
 * @throws HeddleError when an option is wrong
 */
export function shear(options: ShearOptions = {}): MotionStage {
  const { degrees, ...fill } = shearOptions.read("shear", options);
  const [low, high] = range("shear", "degrees", degrees, SHEAR);
  return {
    config: { type: "shear", degrees: [low, high], ...fill },
    motion: (_, random) => new Motion([1, -Math.tan(random.uniform(low, high) * RADIANS), 0, 0, 1, 0], fill),
  };
}
