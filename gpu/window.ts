/** WGSL for the geometry of 2-D windows: which input pixel a tap of an output pixel reads, and the other way round. */
import type { Window2d } from "../src/kernel/types.ts";

/**
 * Statements that set `at` to the input pixel (image, y, x; row-major) under `tap` of output pixel `p` and run
 * `taken` where it exists. Coordinates before the image wrap to large u32s, so one comparison finds both ends.
 */
export function inputAt(w: Window2d, p: string, taken: string): string {
  const y = tapped(w, 0, `${p} / ${w.outWidth}u % ${w.outHeight}u`, `tap / ${w.kernelWidth}u`);
  const x = tapped(w, 1, `${p} % ${w.outWidth}u`, `tap % ${w.kernelWidth}u`);
  return `let y = ${y};
let x = ${x};
if (y < ${w.inHeight}u && x < ${w.inWidth}u) {
  let at = (${p} / ${w.outHeight * w.outWidth}u * ${w.inHeight}u + y) * ${w.inWidth}u + x;
  ${taken}
}`;
}

/** Statements that set `at` to the output pixel whose `tap` reads input pixel `p`, and run `taken` where it exists. */
export function outputAt(w: Window2d, p: string, taken: string): string {
  const y = untapped(w, 0, `${p} / ${w.inWidth}u % ${w.inHeight}u`, `tap / ${w.kernelWidth}u`);
  const x = untapped(w, 1, `${p} % ${w.inWidth}u`, `tap % ${w.kernelWidth}u`);
  const [sy, sx] = w.strides;
  const onStep = [...(sy > 1 ? [`y % ${sy}u == 0u`] : []), ...(sx > 1 ? [`x % ${sx}u == 0u`] : [])];
  const inside = [`y / ${sy}u < ${w.outHeight}u`, `x / ${sx}u < ${w.outWidth}u`];
  return `let y = ${y};
let x = ${x};
if (${[...inside, ...onStep].join(" && ")}) {
  let at = (${p} / ${w.inHeight * w.inWidth}u * ${w.outHeight}u + y / ${sy}u) * ${w.outWidth}u + x / ${sx}u;
  ${taken}
}`;
}

const tapped = (w: Window2d, axis: 0 | 1, out: string, tap: string): string =>
  `${out} * ${w.strides[axis]}u + ${tap} * ${w.dilation[axis]}u${shift(-w.padding[axis][0])}`;

const untapped = (w: Window2d, axis: 0 | 1, input: string, tap: string): string =>
  `${input} - ${tap} * ${w.dilation[axis]}u${shift(w.padding[axis][0])}`;

const shift = (by: number): string => (by === 0 ? "" : by > 0 ? ` + ${by}u` : ` - ${-by}u`);
