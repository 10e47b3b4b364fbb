/** Stages that move a picture as a whole: flip, rotate, shift, zoom, shear. Bilinear, about the centre. */
import { checkOptions, flag } from "../../base/options.ts";
import { checkedInUse } from "../options.ts";
import { type FillOptions, fillRules, settledFill } from "./fill.ts";
import { type MotionStage, type Range, range } from "./stage.ts";
import { Motion } from "./warp.ts";

const RADIANS = Math.PI / 180;
/** Zooming further out leaves nothing to see. */
const LEAST_ZOOM = 0.01;

/**
 * Mirrors left and right, up and down, each with probability ½.
 * @param options.horizontal default true, unless `vertical` is set
 * @param options.vertical default false
 * @throws HeddleError when an option is wrong
 */
export function flip(options: { horizontal?: boolean; vertical?: boolean } = {}): MotionStage {
  const { vertical = false, horizontal = !vertical } = checkOptions("flip", options, {
    horizontal: flag,
    vertical: flag,
  });
  return {
    config: { type: "flip", horizontal, vertical },
    motion(_, random) {
      const [x, y] = [random.below(2), random.below(2)];
      return new Motion([horizontal && x ? -1 : 1, 0, 0, 0, vertical && y ? -1 : 1, 0]);
    },
  };
}

/**
 * Turns by an angle, counter-clockwise.
 * @param options.degrees default 10, that is between −10° and 10°
 * @throws HeddleError when an option is wrong
 */
export function rotate(options: { degrees?: Range } & FillOptions = {}): MotionStage {
  const { degrees = 10, ...filling } = checkOptions("rotate", options, {
    degrees: checkedInUse,
    ...fillRules,
  });
  const [low, high] = range("rotate", "degrees", degrees);
  const fill = settledFill(filling);
  return {
    config: { type: "rotate", degrees: [low, high], ...fill },
    motion(_, random) {
      const angle = random.uniform(low, high) * RADIANS;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return new Motion([cos, -sin, 0, sin, cos, 0], fill);
    },
  };
}

/**
 * Moves to the right and down, by shares of the width and the height.
 * @param options.horizontal default 0.1: up to a tenth of the width to either side
 * @param options.vertical default 0.1
 * @throws HeddleError when an option is wrong
 */
export function shift(options: { horizontal?: Range; vertical?: Range } & FillOptions = {}): MotionStage {
  const {
    horizontal = 0.1,
    vertical = 0.1,
    ...filling
  } = checkOptions("shift", options, { horizontal: checkedInUse, vertical: checkedInUse, ...fillRules });
  const [left, right] = range("shift", "horizontal", horizontal);
  const [top, bottom] = range("shift", "vertical", vertical);
  const fill = settledFill(filling);
  return {
    config: { type: "shift", horizontal: [left, right], vertical: [top, bottom], ...fill },
    motion({ width, height }, random) {
      const x = random.uniform(left, right) * width;
      const y = random.uniform(top, bottom) * height;
      return new Motion([1, 0, -x, 0, 1, -y], fill);
    },
  };
}

/**
 * Enlarges (above 1) or shrinks (below 1), as far in width as in height.
 * @param options.factor default 0.1, that is between 0.9 and 1.1; a range `[low, high]` is taken as it is
 * @throws HeddleError when an option is wrong
 */
export function zoom(options: { factor?: Range } & FillOptions = {}): MotionStage {
  const { factor = 0.1, ...filling } = checkOptions("zoom", options, { factor: checkedInUse, ...fillRules });
  const [low, high] = range("zoom", "factor", factor, { neutral: 1, least: LEAST_ZOOM });
  const fill = settledFill(filling);
  return {
    config: { type: "zoom", factor: [low, high], ...fill },
    motion(_, random) {
      const scale = 1 / random.uniform(low, high);
      return new Motion([scale, 0, 0, 0, scale, 0], fill);
    },
  };
}

/**
 * Slants: rows move sideways in proportion to their distance from the middle.
 * @param options.degrees default 10, that is between −10° and 10°; within ±89
 * @throws HeddleError when an option is wrong
 */
export function shear(options: { degrees?: Range } & FillOptions = {}): MotionStage {
  const { degrees = 10, ...filling } = checkOptions("shear", options, {
    degrees: checkedInUse,
    ...fillRules,
  });
  const [low, high] = range("shear", "degrees", degrees, { least: -89, most: 89 });
  const fill = settledFill(filling);
  return {
    config: { type: "shear", degrees: [low, high], ...fill },
    motion: (_, random) => new Motion([1, -Math.tan(random.uniform(low, high) * RADIANS), 0, 0, 1, 0], fill),
  };
}
