/**
 * The ten digits as pen strokes in a unit square, x to the right and y down; most are written in more than one way.
 */

type Point = readonly [x: number, y: number];
/** The points that a pen connects by straight lines. */
export type Stroke = readonly Point[];
type Glyph = readonly Stroke[];

/** Degrees between two points of an arc: the chord is off by less than a tenth of a pixel. */
const STEP = 24;

/** Points given as x, y, x, y, … */
function line(...numbers: number[]): Stroke {
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}

/** Part of an ellipse; degrees run clockwise on the page from the right: 90 is the bottom, 180 the left, 270 the top. */
function arc(x: number, y: number, width: number, height: number, from: number, to: number): Stroke {
  const steps = Math.ceil(Math.abs(to - from) / STEP);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)];
  });
}

/** One stroke through several parts. */
const join = (...parts: Stroke[]): Stroke => parts.flat();

const zero: Glyph[] = [[arc(0.5, 0.5, 0.26, 0.38, -90, 270)], [arc(0.5, 0.5, 0.2, 0.38, -70, 280)]];

const one: Glyph[] = [
  [line(0.5, 0.12, 0.5, 0.88)],
  [line(0.36, 0.28, 0.54, 0.12, 0.54, 0.88)],
  [line(0.36, 0.28, 0.52, 0.12, 0.52, 0.88), line(0.34, 0.88, 0.7, 0.88)],
];

const two: Glyph[] = [
  [join(arc(0.49, 0.34, 0.25, 0.22, 190, 400), line(0.24, 0.88, 0.78, 0.86))],
  [
    join(
      arc(0.47, 0.33, 0.24, 0.21, 200, 410),
      arc(0.36, 0.78, 0.1, 0.09, 90, 290),
      line(0.56, 0.82, 0.8, 0.86),
    ),
  ],
];

const three: Glyph[] = [
  [join(arc(0.47, 0.31, 0.24, 0.19, 200, 450), arc(0.47, 0.69, 0.27, 0.2, 270, 510))],
  [join(line(0.26, 0.13, 0.74, 0.13, 0.47, 0.43), arc(0.46, 0.66, 0.27, 0.23, 280, 510))],
];

const four: Glyph[] = [
  [line(0.58, 0.1, 0.22, 0.62, 0.82, 0.62), line(0.62, 0.38, 0.62, 0.9)],
  [line(0.32, 0.12, 0.26, 0.52, 0.72, 0.52), line(0.7, 0.14, 0.66, 0.9)],
];

const five: Glyph[] = [
  [join(line(0.74, 0.12, 0.34, 0.12, 0.31, 0.46), arc(0.47, 0.66, 0.27, 0.23, 235, 510))],
  [join(line(0.36, 0.14, 0.33, 0.44), arc(0.46, 0.66, 0.26, 0.22, 240, 500)), line(0.36, 0.14, 0.72, 0.1)],
];

const six: Glyph[] = [
  [join(arc(0.72, 0.62, 0.47, 0.52, 265, 185), arc(0.5, 0.68, 0.25, 0.21, 180, -180))],
  [join(line(0.6, 0.1, 0.34, 0.48), arc(0.5, 0.68, 0.22, 0.2, 200, 560))],
];

const seven: Glyph[] = [
  [line(0.24, 0.14, 0.76, 0.14, 0.42, 0.9)],
  [line(0.24, 0.14, 0.76, 0.14, 0.46, 0.9), line(0.36, 0.5, 0.72, 0.5)],
];

const eight: Glyph[] = [
  [arc(0.5, 0.31, 0.21, 0.18, 90, 450), arc(0.5, 0.69, 0.25, 0.2, 270, 630)],
  [join(arc(0.5, 0.3, 0.2, 0.18, 330, 120), arc(0.5, 0.69, 0.22, 0.19, 300, 560), line(0.68, 0.22))],
];

const loop = arc(0.5, 0.33, 0.23, 0.21, 0, 360);
const nine: Glyph[] = [
  [loop, line(0.73, 0.33, 0.66, 0.9)],
  [loop, arc(0.3, 0.38, 0.43, 0.52, 0, 80)],
];

/** Ways to write each digit. */
export const GLYPHS: readonly (readonly Glyph[])[] = [
  zero,
  one,
  two,
  three,
  four,
  five,
  six,
  seven,
  eight,
  nine,
];
