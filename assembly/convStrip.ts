/**
 * Walks the pixels of a convolution's result in strips of 4 and points to what their taps read. A strip may run over
 * the ends of rows and images; its pixels lie in scratch memory.
 */
import { PIXELS, SPARE_ROW, ZEROS } from "./gemmScratch";
import { termAt, setTerm, setResultRow } from "./gemmTable";
import { param } from "./param";
import { ConvParam } from "./params";

/** The next pixel to place: x, y, image. Then whether the whole strip sees the source only. */
const CURSOR = PIXELS;
const INTERIOR = PIXELS + 12;
/** A pixel of the strip: the address, y and x of what a tap without offset reads. */
const STRIP = PIXELS + 16;
const PIXEL_BYTES: usize = 16;

/** Word `field` of entry `tap` of the tap list: 0 index in the kernel, 1 y offset, 2 x offset. */
// @ts-ignore: decorator
@inline
export function tapField(p: usize, tap: i32, field: i32): i32 {
  return param(p, ConvParam.Taps + 1 + 3 * tap + field);
}

/** The next strip begins at pixel `t` of the grid. */
export function startStrips(p: usize, t: i32, scratch: usize): void {
  const width = param(p, ConvParam.GridWidth), height = param(p, ConvParam.GridHeight);
  const cursor = scratch + CURSOR;
  store<i32>(cursor, t % width, 0);
  store<i32>(cursor, (t / width) % height, 4);
  store<i32>(cursor, t / (width * height), 8);
}

/** Places the next `rows` pixels; `source` and `result` are byte offsets of the channels in question. */
export function nextStrip(p: usize, rows: i32, source: usize, result: usize, scratch: usize): void {
  const height = param(p, ConvParam.SourceHeight), width = param(p, ConvParam.SourceWidth);
  const stepY = param(p, ConvParam.StepY), stepX = param(p, ConvParam.StepX);
  const cursor = scratch + CURSOR;
  let x = load<i32>(cursor, 0), y = load<i32>(cursor, 4), image = load<i32>(cursor, 8);
  source += <usize>param(p, ConvParam.Source);
  result += <usize>param(p, ConvParam.Result);
  let isInterior = rows == 4;
  for (let r = 0; r < rows; r++) {
    const pixel = scratch + STRIP + <usize>r * PIXEL_BYTES;
    const sourceY = y * param(p, ConvParam.SourceStepY), sourceX = x * param(p, ConvParam.SourceStepX);
    const from = image * param(p, ConvParam.SourceImageBytes) +
      (sourceY * width + sourceX) * param(p, ConvParam.SourcePixelBytes);
    store<usize>(pixel, source + <usize>from, 0);
    store<i32>(pixel, sourceY, 4);
    store<i32>(pixel, sourceX, 8);
    isInterior = isInterior && reaches(p, 1, sourceY, height) && reaches(p, 2, sourceX, width);

    const resultY = image * param(p, ConvParam.ResultHeight) + param(p, ConvParam.OriginY) + y * stepY;
    const to = resultY * param(p, ConvParam.ResultWidth) + param(p, ConvParam.OriginX) + x * stepX;
    setResultRow(scratch, r, result + <usize>to * param(p, ConvParam.ResultPixelBytes));
    if (++x == param(p, ConvParam.GridWidth)) {
      x = 0;
      if (++y == param(p, ConvParam.GridHeight)) {
        y = 0;
        image++;
      }
    }
  }
  for (let r = rows; r < 4; r++) setResultRow(scratch, r, scratch + SPARE_ROW);
  store<i32>(cursor, x, 0);
  store<i32>(cursor, y, 4);
  store<i32>(cursor, image, 8);
  store<i32>(scratch + INTERIOR, i32(isInterior));
}

/**
 * How many strips after the one just placed, up to `most`, lie in its row and see the source only, like itself: their
 * pixels are 4 further each time.
 */
export function interiorRun(p: usize, most: i32, scratch: usize): i32 {
  const cursor = scratch + CURSOR, x = load<i32>(cursor, 0);
  // At the start of a row the strip ended the one before.
  if (!isInterior(scratch) || x < 4) return 0;
  const taps = param(p, ConvParam.Taps), stepX = param(p, ConvParam.SourceStepX);
  const outermost = taps > 0 ? max(tapField(p, 0, 2), tapField(p, taps - 1, 2)) : 0;
  const reach = param(p, ConvParam.SourceWidth) - 1 - outermost;
  const seen = min(param(p, ConvParam.GridWidth), reach / stepX + 1);
  return max(0, min(most, (seen - x) >> 2));
}

/** Passes over `strips` whole strips of the row. */
export function skipStrips(p: usize, strips: i32, scratch: usize): void {
  const cursor = scratch + CURSOR, x = load<i32>(cursor, 0) + 4 * strips;
  if (x < param(p, ConvParam.GridWidth)) {
    store<i32>(cursor, x, 0);
    return;
  }
  const y = load<i32>(cursor, 4) + 1, isLast = y == param(p, ConvParam.GridHeight);
  store<i32>(cursor, 0, 0);
  store<i32>(cursor, isLast ? 0 : y, 4);
  if (isLast) store<i32>(cursor, load<i32>(cursor, 8) + 1, 8);
}

/** Whether all taps at `position` lie in [0, size) along an axis: the list's first and last are the outermost. */
// @ts-ignore: decorator
@inline
function reaches(p: usize, axis: i32, position: i32, size: i32): bool {
  const taps = param(p, ConvParam.Taps);
  if (taps == 0) return true;
  return <u32>(position + tapField(p, 0, axis)) < <u32>size && <u32>(position + tapField(p, taps - 1, axis)) < <u32>size;
}

/** Whether every tap of every pixel of the strip lies inside the source. */
// @ts-ignore: decorator
@inline
export function isInterior(scratch: usize): bool {
  return load<i32>(scratch + INTERIOR) != 0;
}

/** Address of what a tap without offset reads for pixel `row` of the strip. */
// @ts-ignore: decorator
@inline
export function stripPixel(scratch: usize, row: usize): usize {
  return load<usize>(scratch + STRIP + row * PIXEL_BYTES);
}

/** Bytes from there to what tap `tap` reads. */
// @ts-ignore: decorator
@inline
export function tapBytes(p: usize, tap: i32): usize {
  const pixels = tapField(p, tap, 1) * param(p, ConvParam.SourceWidth) + tapField(p, tap, 2);
  return <usize>(pixels * param(p, ConvParam.SourcePixelBytes));
}

/** Address of what tap `tap` reads for pixel `row` of the strip, or `outside`. */
// @ts-ignore: decorator
@inline
export function tapPixel(p: usize, scratch: usize, row: usize, tap: i32, outside: usize): usize {
  const pixel = scratch + STRIP + row * PIXEL_BYTES;
  const y = load<i32>(pixel, 4) + tapField(p, tap, 1), x = load<i32>(pixel, 8) + tapField(p, tap, 2);
  const isInside = <u32>y < <u32>param(p, ConvParam.SourceHeight) && <u32>x < <u32>param(p, ConvParam.SourceWidth);
  return isInside ? load<usize>(pixel) + tapBytes(p, tap) : outside;
}

/**
 * One term per tap that any pixel of the strip has inside the source; returns their number. A tap's part of the
 * kernel is `step` bytes long and lies where the tap stands in the list or, `byIndex`, in the kernel.
 */
export function pointToTaps(
  p: usize, rows: i32, tap: i32, tapEnd: i32, step: usize, byIndex: bool, scratch: usize,
): i32 {
  const zeros = scratch + ZEROS, inside = isInterior(scratch);
  const p0 = stripPixel(scratch, 0), p1 = stripPixel(scratch, 1);
  const p2 = stripPixel(scratch, 2), p3 = stripPixel(scratch, 3);
  let terms = 0;
  for (const first = tap; tap < tapEnd; tap++) {
    const offset = <usize>(byIndex ? tapField(p, tap, 0) : tap - first) * step;
    if (inside) {
      const at = tapBytes(p, tap);
      setTerm(termAt(scratch, terms++), p0 + at, p1 + at, p2 + at, p3 + at, offset);
      continue;
    }
    const a0 = tapPixel(p, scratch, 0, tap, zeros);
    const a1 = rows > 1 ? tapPixel(p, scratch, 1, tap, zeros) : zeros;
    const a2 = rows > 2 ? tapPixel(p, scratch, 2, tap, zeros) : zeros;
    const a3 = rows > 3 ? tapPixel(p, scratch, 3, tap, zeros) : zeros;
    if (a0 == zeros && a1 == zeros && a2 == zeros && a3 == zeros) continue;
    setTerm(termAt(scratch, terms++), a0, a1, a2, a3, offset);
  }
  return terms;
}
