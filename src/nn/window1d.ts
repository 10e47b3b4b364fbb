/** Windows over sequences [batch, length, channels], which the engine sees as images of height 1. */
import { fail } from "../base/errors.ts";
import type { WindowOptions } from "../ops/window.ts";

/** `valid`, `same`, zeros on each side, or [before, after]. */
export type Padding1d = "valid" | "same" | number | readonly [before: number, after: number];

export interface Window1d {
  strides?: number;
  padding?: Padding1d;
  dilation?: number;
}

/** The same window over images. */
export function imageWindow(where: string, { strides = 1, padding = "valid", dilation = 1 }: Window1d) {
  const sides = typeof padding === "number" ? ([padding, padding] as const) : padding;
  if (typeof sides !== "string" && !sides.every(Number.isInteger)) {
    const wanted = 'padding must be "valid", "same", an integer or [before, after]';
    fail(where, `${wanted}: got ${JSON.stringify(padding)}`);
  }
  return {
    strides: [1, strides],
    dilation: [1, dilation],
    padding: typeof sides === "string" ? sides : [[0, 0], sides],
  } satisfies WindowOptions;
}
