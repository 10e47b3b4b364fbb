/** What lies outside a picture. */
import { number, oneOf } from "../../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../../base/options/schema.ts";

/** For a row of pixels `a b c d`. */
export type FillMode =
  /** `v v v v | a b c d | v v v v` with a value v. */
  | "constant"
  /** `a a a a | a b c d | d d d d` */
  | "nearest"
  /** `d c b a | a b c d | d c b a`, as in Keras; PyTorch and NumPy call this "symmetric". */
  | "reflect";

export const fillOptions = options({
  /** Default `constant`. */
  fill: oneOf<FillMode>("constant", "nearest", "reflect")("constant"),
  /** Of pixels outside, with `fill: "constant"`. Default 0. */
  value: number(0),
});

/** How pixels from outside of the image are filled in. */
export interface FillOptions extends OptionsOf<typeof fillOptions> {}

export type Fill = ValuesOf<typeof fillOptions>;

/** The pixel of n that stands for pixel i; −1: the constant. */
export const INDEX: Readonly<Record<FillMode, (i: number, n: number) => number>> = {
  constant: (i, n) => (i >= 0 && i < n ? i : -1),
  nearest: (i, n) => Math.min(Math.max(i, 0), n - 1),
  reflect(i, n) {
    const phase = ((i % (2 * n)) + 2 * n) % (2 * n);
    return phase < n ? phase : 2 * n - 1 - phase;
  },
};
