/** Windows over sequences [batch, length, channels], which the engine sees as images of height 1. */
import { fail } from "../base/errors.ts";
import { count, type Rule, type Rules } from "../base/options.ts";
import { type Shape, showShape } from "../base/shape.ts";
import type { WindowOptions } from "../ops/window.ts";

/** `valid`, `same`, zeros on each side, or [before, after]. */
export type Padding1d = "valid" | "same" | number | readonly [before: number, after: number];

export interface Window1d {
  /** Distance of one window from the next. Default 1. */
  strides?: number;
  /** Default `valid`: none. */
  padding?: Padding1d;
  /** Distance of the elements of a window. Default 1. */
  dilation?: number;
}

export const padding1d: Rule = (value) =>
  value === "valid" ||
  value === "same" ||
  Number.isInteger(value) ||
  (Array.isArray(value) && value.length === 2 && value.every(Number.isInteger))
    ? ""
    : 'must be "valid", "same", an integer or [before, after]';

export const window1dRules: Rules<Window1d> = { strides: count, padding: padding1d, dilation: count };

/**
 * The same window over images.
 * @throws HeddleError when no output is left of a sequence of that shape
 */
export function imageWindow(
  where: string,
  shape: Shape,
  size: number,
  { strides = 1, padding = "valid", dilation = 1 }: Window1d,
) {
  const sides = typeof padding === "number" ? ([padding, padding] as const) : padding;
  const added = typeof sides === "string" ? 0 : sides[0] + sides[1];
  const [, length] = shape;
  const reach = (size - 1) * dilation + 1;
  if (sides !== "same" && length + added < reach) {
    const arithmetic = `(${length} − ${reach} + ${added}) / ${strides} + 1 < 1`;
    const fit = `the window [${size}] does not fit input ${showShape(shape)}`;
    fail(where, `output length would be ${arithmetic}: ${fit}`);
  }
  return {
    strides: [1, strides],
    dilation: [1, dilation],
    padding: typeof sides === "string" ? sides : [[0, 0], sides],
  } satisfies WindowOptions;
}
