/** Layers that add or remove the borders of images [batch, height, width, channels]. */
import { fail } from "../base/errors.ts";
import { kind, type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import { showShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { expectImages } from "./options.ts";

/** All four sides, [vertical, horizontal], or [[top, bottom], [left, right]]. */
export type Borders =
  | number
  | readonly [vertical: number, horizontal: number]
  | readonly [readonly [top: number, bottom: number], readonly [left: number, right: number]];

type Sides = [rows: readonly [number, number], columns: readonly [number, number]];

function sidesOf(borders: Borders): Sides {
  const twice = <T>(b: T): unknown => (Array.isArray(b) ? b : [b, b]);
  return (twice(borders) as unknown[]).map(twice) as Sides;
}

const bordersKind = /* @__PURE__ */ kind<Borders>((value) => {
  const sides = sidesOf(value as Borders);
  const areRight = sides.flat().every((n) => Number.isInteger(n) && n >= 0);
  return areRight && sides.length === 2 && sides.every(({ length }) => length === 2)
    ? ""
    : "must be an integer, [vertical, horizontal] or [[top, bottom], [left, right]], none negative";
});

const zeroPadding2dOptions = options({
  /** Rows and columns to add. Default 1. */
  padding: bordersKind(1),
});

/** Options of {@link zeroPadding2d}. */
export interface ZeroPadding2dOptions extends OptionsOf<typeof zeroPadding2dOptions> {}

/** The layer that {@link zeroPadding2d} makes. */
export class ZeroPadding2d extends BuiltIn<ValuesOf<typeof zeroPadding2dOptions>> {
  constructor(options?: ZeroPadding2dOptions) {
    super(zeroPadding2dOptions, options);
  }

  override get type(): string {
    return "zeroPadding2d";
  }

  forward(x: Tensor): Tensor {
    expectImages(this.type, x);
    return x.pad([[0, 0], ...sidesOf(this.options.padding), [0, 0]]);
  }
}

const cropping2dOptions = options({
  /** Rows and columns to cut off. */
  cropping: required(bordersKind()),
});

/** Options of {@link cropping2d}. */
export interface Cropping2dOptions extends OptionsOf<typeof cropping2dOptions> {}

/** The layer that {@link cropping2d} makes. */
export class Cropping2d extends BuiltIn<ValuesOf<typeof cropping2dOptions>> {
  constructor(options: Cropping2dOptions) {
    super(cropping2dOptions, options);
  }

  override get type(): string {
    return "cropping2d";
  }

  forward(x: Tensor): Tensor {
    expectImages(this.type, x);
    const sides = sidesOf(this.options.cropping);
    const [[top, bottom], [left, right]] = sides;
    const [, height, width] = x.shape;
    if (top + bottom >= height || left + right >= width) {
      fail(this.type, `nothing is left of ${showShape(x.shape)}: ${JSON.stringify(sides)} is cropped`);
    }
    return x.slice([0, top, left], [undefined, height - bottom, width - right]);
  }
}

/**
 * Zeros around each image: the output has height + top + bottom rows.
 *
 * @throws HeddleError when a side is negative or no integer
 */
export const zeroPadding2d = (options?: ZeroPadding2dOptions): ZeroPadding2d => new ZeroPadding2d(options);

/**
 * Each image without its borders.
 *
 * @throws HeddleError when a side is negative or no integer; when nothing is left
 */
export const cropping2d = (options: Cropping2dOptions): Cropping2d => new Cropping2d(options);
