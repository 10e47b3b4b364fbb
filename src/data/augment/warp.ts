/** Affine maps of the plane, and pictures seen through them, with bilinear interpolation. */
import { type Fill, INDEX } from "./fill.ts";
import type { Pixels } from "./pixels.ts";

/**
 * Where a pixel comes from: (x, y) of the result is (a·x + b·y + p, c·x + d·y + q) of the source. Counted in pixels from
 * the centre of the picture, y downwards.
 */
export type Affine = readonly [a: number, b: number, p: number, c: number, d: number, q: number];

/** A run of motions that take nothing from outside. */
const NO_FILL: Fill = { fill: "nearest", value: 0 };

/** A motion of a picture, put off: another one may follow before pixels are interpolated. */
export class Motion {
  /** @param fill missing where nothing comes from outside */
  constructor(
    readonly map: Affine,
    readonly fill?: Fill,
  ) {}

  /** This, then `next`, as one; undefined where their fills differ. */
  join(next: Motion): Motion | undefined {
    const [one, other] = [this.fill ?? next.fill, next.fill ?? this.fill];
    if (one?.fill !== other?.fill || one?.value !== other?.value) return undefined;
    return new Motion(compose(this.map, next.map), one);
  }

  apply(pixels: Pixels): Pixels {
    return isIdentity(this.map) ? pixels : warp(pixels, this.map, this.fill ?? NO_FILL);
  }
}

/** First `one`, then `next`, as one map. */
function compose(one: Affine, next: Affine): Affine {
  const [a, b, p, c, d, q] = one;
  const [e, f, r, g, h, s] = next;
  return [a * e + b * g, a * f + b * h, a * r + b * s + p, c * e + d * g, c * f + d * h, c * r + d * s + q];
}

const isIdentity = (map: Affine): boolean => map.every((entry, i) => entry === (i % 4 === 0 ? 1 : 0));

/** The picture in its own size, each pixel from where `map` says. */
function warp(pixels: Pixels, map: Affine, { fill, value }: Fill): Pixels {
  const { data: source, height, width, channels } = pixels;
  const [a, b, p, c, d, q] = map;
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  const index = INDEX[fill];
  const data = new Float32Array(source.length);
  const at = (row: number, column: number, channel: number) =>
    row < 0 || column < 0 ? value : source[(row * width + column) * channels + channel];
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [x, y] = [column - centreX, row - centreY];
      const fromX = a * x + b * y + p + centreX;
      const fromY = c * x + d * y + q + centreY;
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const [right, down] = [fromX - left, fromY - top];
      const [x0, x1] = [index(left, width), index(left + 1, width)];
      const [y0, y1] = [index(top, height), index(top + 1, height)];
      for (let channel = 0; channel < channels; channel++) {
        const upper = at(y0, x0, channel) * (1 - right) + at(y0, x1, channel) * right;
        const lower = at(y1, x0, channel) * (1 - right) + at(y1, x1, channel) * right;
        data[to++] = upper * (1 - down) + lower * down;
      }
    }
  }
  return { ...pixels, data };
}
