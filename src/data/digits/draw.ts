/**
 * Draws one digit with the hand of a random writer: a way to write it, a bent and slanted page, a pen of some width,
 * a noisy scan. Coverage of a pixel is its distance to the stroke, so edges are anti-aliased.
 */
import type { Random } from "../../base/philox.ts";
import { GLYPHS, type Stroke } from "./glyphs.ts";

export const SIZE = 28;
const PIXELS = SIZE * SIZE;
/** Pixels from the unit square of the glyphs to the picture, before scaling. */
const EXTENT = 23;

/** Ranges of the hands, in pixels and radians; chosen so that a small CNN errs on about 1%, an MLP on 5%. */
const HAND = {
  rotation: 0.3,
  shear: 0.35,
  scale: [0.72, 1.08],
  shift: 2.5,
  bend: 0.5,
  radius: [0.6, 1.5],
  ink: [0.65, 1],
  noise: [0, 0.14],
} as const;

type Warp = (x: number, y: number) => [x: number, y: number];

/** Squared distance to the nearest stroke, reused between pictures. */
const distances = new Float32Array(PIXELS);

/** Writes the picture of `digit` to `out[at…at + 783]`, 255 is full ink. */
export function drawDigit(digit: number, random: Random, out: Uint8Array, at: number): void {
  const ways = GLYPHS[digit];
  const glyph = ways[random.below(ways.length)];
  const warp = randomWarp(random);
  const radius = random.uniform(...HAND.radius);
  distances.fill(Number.POSITIVE_INFINITY);
  for (const stroke of glyph) drawStroke(stroke, warp, radius + 1);
  scan(radius, random, out, at);
}

function randomWarp(random: Random): Warp {
  const around = (range: number) => random.uniform(-range, range);
  const angle = around(HAND.rotation);
  const shear = around(HAND.shear);
  const width = EXTENT * random.uniform(...HAND.scale);
  const height = EXTENT * random.uniform(...HAND.scale);
  const [bendX, bendY, twist] = [around(HAND.bend), around(HAND.bend), around(HAND.bend)];
  const [shiftX, shiftY] = [around(HAND.shift), around(HAND.shift)];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const u = x - 0.5;
    const v = y - 0.5;
    const bentX = width * (u + shear * v + bendX * v * v + twist * u * v);
    const bentY = height * (v + bendY * u * u);
    return [SIZE / 2 + shiftX + cos * bentX - sin * bentY, SIZE / 2 + shiftY + sin * bentX + cos * bentY];
  };
}

function drawStroke(stroke: Stroke, warp: Warp, reach: number): void {
  let [fromX, fromY] = warp(...stroke[0]);
  for (const point of stroke) {
    const [toX, toY] = warp(...point);
    drawSegment(fromX, fromY, toX, toY, reach);
    fromX = toX;
    fromY = toY;
  }
}

/** Lowers `distances` in the box that the segment can reach. Pixel centres lie at half integers. */
function drawSegment(fromX: number, fromY: number, toX: number, toY: number, reach: number): void {
  const dx = toX - fromX;
  const dy = toY - fromY;
  const perLength = 1 / Math.max(dx * dx + dy * dy, 1e-9);
  const left = Math.max(0, Math.floor(Math.min(fromX, toX) - reach));
  const right = Math.min(SIZE, Math.ceil(Math.max(fromX, toX) + reach));
  const top = Math.max(0, Math.floor(Math.min(fromY, toY) - reach));
  const bottom = Math.min(SIZE, Math.ceil(Math.max(fromY, toY) + reach));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const px = x + 0.5 - fromX;
      const py = y + 0.5 - fromY;
      const along = Math.min(1, Math.max(0, (px * dx + py * dy) * perLength));
      const ex = px - along * dx;
      const ey = py - along * dy;
      const distance = ex * ex + ey * ey;
      if (distance < distances[y * SIZE + x]) distances[y * SIZE + x] = distance;
    }
  }
}

/** Ink where the pen was, and noise of the scanner: the four bytes of a random word sum to nearly a Gaussian. */
function scan(radius: number, random: Random, out: Uint8Array, at: number): void {
  const ink = random.uniform(...HAND.ink);
  const noise = random.uniform(...HAND.noise) / 147.8;
  for (let i = 0; i < PIXELS; i++) {
    const coverage = Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(distances[i])));
    const word = random.bits();
    const sum = (word & 255) + ((word >>> 8) & 255) + ((word >>> 16) & 255) + (word >>> 24);
    const value = ink * coverage + noise * (sum - 510);
    out[at + i] = Math.round(255 * Math.min(1, Math.max(0, value)));
  }
}
