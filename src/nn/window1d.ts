/** Windows over sequences [batch, length, channels], which the engine sees as images of height 1. */
import { count, type Rule, type Rules } from "../base/options.ts";
import type { WindowOptions } from "../ops/window.ts";

/** `valid`, `same`, zeros on each side, or [before, after]. */
export type Padding1d = "valid" | "same" | number | readonly [before: number, after: number];

export interface Window1d {
  strides?: number;
  padding?: Padding1d;
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

/** The same window over images. */
export function imageWindow({ strides = 1, padding = "valid", dilation = 1 }: Window1d) {
  const sides = typeof padding === "number" ? ([padding, padding] as const) : padding;
  return {
    strides: [1, strides],
    dilation: [1, dilation],
    padding: typeof sides === "string" ? sides : [[0, 0], sides],
  } satisfies WindowOptions;
}
