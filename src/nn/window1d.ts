/** Windows over sequences [batch, length, channels], which the engine sees as images of height 1. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options } from "../base/options/schema.ts";
import { type Shape, showShape } from "../base/shape.ts";
import type { WindowOptions } from "../ops/window.ts";

/** `valid`, `same`, zeros on each side, or [before, after]. */
export type Padding1d = "valid" | "same" | number | readonly [before: number, after: number];

export const isPadding1d = (value: unknown): boolean =>
  value === "valid" ||
  value === "same" ||
  Number.isInteger(value) ||
  (Array.isArray(value) && value.length === 2 && value.every(Number.isInteger));

/** The padding of sequences. */
export const padding1d = /* @__PURE__ */ kind<Padding1d>((value) =>
  isPadding1d(value) ? "" : 'must be "valid", "same", an integer or [before, after]',
);

export const window1dOptions = options({
  /** Default `valid`: none. */
  padding: padding1d("valid"),
  /** Distance of the elements of a window. Default 1. */
  dilation: count(1),
});

/** Of windows over sequences. */
export interface Window1dOptions extends OptionsOf<typeof window1dOptions> {}

/**
 * The same window over images.
 * @throws HeddleError when no output is left of a sequence of that shape
 */
export function imageWindow(
  where: string,
  shape: Shape,
  size: number,
  { strides, padding, dilation }: { strides: number; padding: Padding1d; dilation: number },
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
