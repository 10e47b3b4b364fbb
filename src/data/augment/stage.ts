/** Stages of augmentation: plain data that describes one, and what it does to a picture. */
import { fail } from "../../base/errors.ts";
import { type Kind, kind } from "../../base/options/schema.ts";
import type { Random } from "../../base/philox.ts";
import { show } from "../../base/show.ts";
import type { Pixels } from "./pixels.ts";
import type { Motion } from "./warp.ts";

/** A stage as plain data: it can be stored, and sent to a worker. */
export type StageConfig = { readonly type: string } & { readonly [option: string]: unknown };

interface Described {
  /** What a file keeps. */
  readonly config: StageConfig;
}

/** Changes the values of pixels, or their number. */
export interface PixelStage extends Described {
  /** Changes an image in place. */
  change(pixels: Pixels, random: Random): Pixels;
}

/** Moves the picture. Stages that follow each other with one fill move it once, so it is interpolated once. */
export interface MotionStage extends Described {
  /** Where each pixel of an image comes from. */
  motion(pixels: Pixels, random: Random): Motion;
}

/** One step of `dataset.augment([...])`: flip, rotate, shift, zoom, shear, crop, pad, brightness, contrast, cutout. */
export type Stage = PixelStage | MotionStage;

/** Where an amount is drawn from: evenly in [low, high], or r for [−r, r] (around what changes nothing). */
export type Range = number | readonly [low: number, high: number];

interface Bounds {
  /** The amount that changes nothing. Default 0. */
  readonly neutral?: number;
  readonly least?: number;
  readonly most?: number;
}

/** A range within bounds, see {@link range}. */
export const amount = (bounds?: Bounds): Kind<Range> =>
  kind((value, where, option) => void range(where, option, value as Range, bounds));

/** Checks a range; one number r stands for `neutral` ± r. */
export function range(
  where: string,
  option: string,
  value: Range,
  { neutral = 0, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY }: Bounds = {},
): readonly [low: number, high: number] {
  const isPair = Array.isArray(value) && value.length === 2;
  const [low, high] = isPair ? value : typeof value === "number" ? [neutral - value, neutral + value] : [];
  if (
    typeof low === "number" &&
    typeof high === "number" &&
    low >= least &&
    high >= low &&
    high <= most &&
    Number.isFinite(high - low)
  )
    return [low, high];
  const got = typeof value === "number" ? `${value}, that is [${low}, ${high}]` : show(value);
  const bounds = Number.isFinite(least) ? ` within [${least}, ${most}]` : "";
  return fail(where, `${option} must be a number from 0 up, or [low, high]${bounds}: got ${got}`);
}
