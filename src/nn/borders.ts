/** Layers that add or remove the borders of images [batch, height, width, channels]. */
import { fail } from "../base/errors.ts";
import { fromZero, show } from "../base/options.ts";
import { showShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { checkedInUse, expectImages } from "./options.ts";

/** All four sides, [vertical, horizontal], or [[top, bottom], [left, right]]. */
export type Borders =
  | number
  | readonly [vertical: number, horizontal: number]
  | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

type Sides = [rows: readonly [number, number], columns: readonly [number, number]];

function sidesOf(where: string, name: string, borders: Borders): Sides {
  const twice = <T>(b: T): unknown => (Array.isArray(b) ? b : [b, b]);
  const axes = twice(borders) as readonly unknown[];
  const sides = axes.map(twice) as unknown as Sides;
  const areRight = sides.flat().every((n) => !fromZero(n, where, name));
  if (axes.length !== 2 || sides.some(({ length }) => length !== 2) || !areRight) {
    const wanted = `${name} must be an integer, [vertical, horizontal] or [[top, bottom], [left, right]]`;
    fail(where, `${wanted}, none negative: got ${show(borders)}`);
  }
  return sides;
}

/** The layer that {@link zeroPadding2d} makes. */
export class ZeroPadding2d extends BuiltIn<{ padding?: Borders }> {
  readonly #sides: Sides;

  constructor(options: { padding?: Borders } = {}) {
    super(options, { padding: checkedInUse });
    this.#sides = sidesOf("zeroPadding2d", "padding", options.padding ?? 1);
  }

  override get type(): string {
    return "zeroPadding2d";
  }

  forward(x: Tensor): Tensor {
    expectImages(this.type, x);
    return x.pad([[0, 0], ...this.#sides, [0, 0]]);
  }
}

/** The layer that {@link cropping2d} makes. */
export class Cropping2d extends BuiltIn<{ cropping: Borders }> {
  readonly #sides: Sides;

  constructor(options: { cropping: Borders }) {
    super(options, { cropping: checkedInUse });
    this.#sides = sidesOf("cropping2d", "cropping", options.cropping);
  }

  override get type(): string {
    return "cropping2d";
  }

  forward(x: Tensor): Tensor {
    expectImages(this.type, x);
    const [[top, bottom], [left, right]] = this.#sides;
    const [, height, width] = x.shape;
    if (top + bottom >= height || left + right >= width) {
      fail(this.type, `nothing is left of ${showShape(x.shape)}: ${JSON.stringify(this.#sides)} is cropped`);
    }
    return x.slice([0, top, left], [undefined, height - bottom, width - right]);
  }
}

/**
 * Zeros around each image: the output has height + top + bottom rows. `padding` is 1 by default.
 *
 * @throws HeddleError when a side is negative or no integer
 */
export const zeroPadding2d = (options: { padding?: Borders } = {}): ZeroPadding2d =>
  new ZeroPadding2d(options);

/**
 * Each image without its borders.
 *
 * @throws HeddleError when a side is negative or no integer; when nothing is left
 */
export const cropping2d = (options: { cropping: Borders }): Cropping2d => new Cropping2d(options);
