/** Pictures as input: PNG and JPEG to pixels, pixels to what a network trained on MNIST expects. */
import { decodePicture } from "#platform";
import { fail, HeddleError } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { flag } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import type { Picture, PictureFormat } from "../platform/types.ts";

const SIZE = 28;

/**
 * Decodes a PNG or JPEG file to 8-bit RGBA.
 * @param name what messages call the file; default: nothing
 * @throws HeddleError when it is neither, or corrupt
 */
export async function decodeImage(bytes: Uint8Array, name?: string): Promise<Picture> {
  const prefix = name === undefined ? "" : `${name}: `;
  const format = formatOf(bytes, prefix);
  try {
    return await decodePicture(bytes, format);
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    const reason = (cause as Error)?.message ?? cause;
    throw new HeddleError("image", `${prefix}corrupt ${format.toUpperCase()} file: ${reason}`, { cause });
  }
}

function formatOf(bytes: Uint8Array, prefix: string): PictureFormat {
  const starts = (...magic: number[]) => magic.every((byte, i) => bytes[i] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47)) return "png";
  if (starts(0xff, 0xd8, 0xff)) return "jpeg";
  const got = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return fail(
    "image",
    `${prefix}a picture must be a PNG or JPEG file: got one that starts with ${got || "nothing"}`,
  );
}

const grayscaleOptions = options({
  /** Swaps light and dark. Default: when the border is light. */
  invert: flag(),
});

/** Options of {@link toGrayscale28}. */
export interface GrayscaleOptions extends OptionsOf<typeof grayscaleOptions> {}

/**
 * A 28×28 grayscale picture in [0, 1], light on dark as MNIST's digits are, as float32 [1, 28, 28, 1].
 * A picture that is not square is centred on a square of its background; pixels are averaged by area.
 * @throws HeddleError when an option is wrong, or the picture has no pixels
 */
export function toGrayscale28(picture: Picture, options?: GrayscaleOptions): HostTensor {
  const { invert } = grayscaleOptions.read("toGrayscale28", options);
  const { width, height } = picture;
  if (!(width > 0 && height > 0)) fail("image", `a picture has pixels: got ${width} × ${height}`);
  const gray = luminance(picture);
  const background = borderMean(gray, width, height);
  const data = shrink(gray, width, height, background);
  if (invert ?? background > 0.5) for (let i = 0; i < data.length; i++) data[i] = 1 - data[i];
  return { data, shape: [1, SIZE, SIZE, 1], dtype: "float32" };
}

/** Brightness in [0, 1] (Rec. 601), on white where the picture is transparent. */
function luminance({ data, width, height }: Picture): Float32Array {
  const gray = new Float32Array(width * height);
  for (let i = 0; i < gray.length; i++) {
    const at = 4 * i;
    const light = (0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) / 255;
    gray[i] = 1 + (light - 1) * (data[at + 3] / 255);
  }
  return gray;
}

function borderMean(gray: Float32Array, width: number, height: number): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y++) {
    const edge = y === 0 || y === height - 1;
    for (let x = 0; x < width; x += edge || width === 1 ? 1 : width - 1) {
      sum += gray[y * width + x];
      count++;
    }
  }
  return sum / count;
}

/** The mean of each of 28 × 28 equal parts of the square around the picture. */
function shrink(gray: Float32Array, width: number, height: number, background: number): Float32Array {
  const side = Math.max(width, height);
  const columns = shares(width, side);
  const out = new Float32Array(SIZE * SIZE);
  for (const [row, { from: top, weights: down }] of shares(height, side).entries()) {
    for (const [column, { from: left, weights: across }] of columns.entries()) {
      let value = background;
      for (let i = 0; i < down.length; i++) {
        for (let j = 0; j < across.length; j++) {
          value += down[i] * across[j] * (gray[(top + i) * width + left + j] - background);
        }
      }
      out[row * SIZE + column] = value;
    }
  }
  return out;
}

/** Along one axis: the pixels in each of 28 parts of `side`, the picture in the middle, and their share of the part. */
function shares(length: number, side: number): { from: number; weights: number[] }[] {
  const step = side / SIZE;
  return Array.from({ length: SIZE }, (_, part) => {
    const low = part * step - (side - length) / 2;
    const high = low + step;
    const from = Math.max(0, Math.floor(low));
    const to = Math.min(length, Math.ceil(high));
    const weights: number[] = [];
    for (let p = from; p < to; p++) weights.push((Math.min(high, p + 1) - Math.max(low, p)) / step);
    return { from, weights };
  });
}
