/**
 * Pictures in another size: bilinear, and averaged over what a pixel covers where the picture shrinks (as PIL's
 * `BILINEAR` and Keras' `antialias`).
 */
import { fail } from "../base/errors.ts";
import { count, oneOf } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options, required } from "../base/options/schema.ts";
import type { Picture } from "../platform/types.ts";

const oneOrThree = /* @__PURE__ */ kind<1 | 3>((v) => (v === 1 || v === 3 ? "" : "must be 1 or 3"));

const resizeOptions = options({
  /** In pixels. */
  height: required(count()),
  /** In pixels. */
  width: required(count()),
  /** 1: brightness (Rec. 601); 3: red, green, blue. Default 3. */
  channels: oneOrThree(3),
  /** `fill` stretches to the size; `cover` keeps the proportions and cuts off what stands out. Default `fill`. */
  fit: oneOf("fill", "cover")("fill"),
});

/** Options of {@link resizePicture}. */
export interface ResizeOptions extends OptionsOf<typeof resizeOptions> {}

/** Along one axis: for each pixel of the result, the pixels it is made of and their weights, of sum 1. */
type Taps = readonly { readonly from: number; readonly weights: readonly number[] }[];

/**
 * The picture as bytes [height, width, channels]; transparent parts are white.
 * @throws HeddleError when an option is wrong, or the picture has no pixels
 */
export function resizePicture(picture: Picture, options: ResizeOptions): Uint8Array {
  const { height, width, channels, fit } = resizeOptions.read("resizePicture", options);
  if (!(picture.width > 0 && picture.height > 0)) {
    fail("image", `a picture has pixels: got ${picture.width} × ${picture.height}`);
  }
  const scales = [picture.width / width, picture.height / height];
  const [scaleX, scaleY] = fit === "fill" ? scales : Array<number>(2).fill(Math.min(...scales));
  const across = tapsOf(picture.width, width, scaleX);
  const down = tapsOf(picture.height, height, scaleY);
  const source = opaque(picture, channels);
  // Columns, then rows.
  const narrow = new Float32Array(picture.height * width * channels);
  let to = 0;
  for (let row = 0; row < picture.height; row++) {
    for (const { from, weights } of across) {
      const start = (row * picture.width + from) * channels;
      for (let c = 0; c < channels; c++) narrow[to++] = weighted(source, start + c, channels, weights);
    }
  }
  const out = new Uint8Array(height * width * channels);
  const stride = width * channels;
  for (const [row, { from, weights }] of down.entries()) {
    for (let i = 0; i < stride; i++) {
      out[row * stride + i] = Math.round(weighted(narrow, from * stride + i, stride, weights));
    }
  }
  return out;
}

function weighted(values: Float32Array, start: number, step: number, weights: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += values[start + i * step] * weights[i];
  return sum;
}

/** A triangle around the centre of each pixel, as wide as the pixel or two of the source's. */
function tapsOf(length: number, size: number, scale: number): Taps {
  const reach = Math.max(scale, 1);
  const margin = (length - size * scale) / 2;
  return Array.from({ length: size }, (_, i) => {
    const centre = margin + (i + 0.5) * scale;
    const from = Math.max(0, Math.floor(centre - reach + 0.5));
    const to = Math.min(length, Math.ceil(centre + reach - 0.5));
    const shares = Array.from({ length: to - from }, (_, j) =>
      Math.max(0, 1 - Math.abs(from + j + 0.5 - centre) / reach),
    );
    const total = shares.reduce((sum, share) => sum + share, 0);
    return { from, weights: shares.map((share) => share / total) };
  });
}

/** Values 0…255 in the wanted channels, on white where the picture is transparent. */
function opaque({ data, width, height }: Picture, channels: 1 | 3): Float32Array {
  const out = new Float32Array(width * height * channels);
  for (let i = 0; i < width * height; i++) {
    const alpha = data[4 * i + 3] / 255;
    const on = (c: number) => 255 + (data[4 * i + c] - 255) * alpha;
    if (channels === 1) out[i] = 0.299 * on(0) + 0.587 * on(1) + 0.114 * on(2);
    else for (let c = 0; c < 3; c++) out[3 * i + c] = on(c);
  }
  return out;
}
