/**
 * Walks the pixels of a convolution's result in strips of 4 and points to what their taps read. A strip may run over
 * the ends of rows and images; its pixels lie in scratch memory.
 */
import { PIXELS, SPARE_ROW, ZEROS } from "./gemmScratch";
import { segmentAt, setSegment, setTargetRow } from "./gemmTable";
import { param } from "./param";
import { ConvParam } from "./params";

/** The next pixel to place: x, y, image. Behind it the strip's pixels. */
const CURSOR = PIXELS;
const STRIP = PIXELS + 16;
/** A pixel of the strip: address of its source image, then y and x of a tap without offset. */
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

/** Places the next `rows` pixels; `source` and `target` are byte offsets of the channels in question. */
export function nextStrip(p: usize, rows: i32, source: usize, target: usize, scratch: usize): void {
  const cursor = scratch + CURSOR;
  let x = load<i32>(cursor, 0), y = load<i32>(cursor, 4), image = load<i32>(cursor, 8);
  source += <usize>param(p, ConvParam.Source);
  target += <usize>param(p, ConvParam.Target);
  for (let r = 0; r < rows; r++) {
    const pixel = scratch + STRIP + <usize>r * PIXEL_BYTES;
    store<usize>(pixel, source + <usize>image * param(p, ConvParam.SourceImageBytes), 0);
    store<i32>(pixel, y * param(p, ConvParam.SourceStepY), 4);
    store<i32>(pixel, x * param(p, ConvParam.SourceStepX), 8);
    const targetY = image * param(p, ConvParam.TargetHeight) + param(p, ConvParam.OriginY) + y * param(p, ConvParam.StepY);
    const targetX = param(p, ConvParam.OriginX) + x * param(p, ConvParam.StepX);
    const at = targetY * param(p, ConvParam.TargetWidth) + targetX;
    setTargetRow(scratch, r, target + <usize>at * param(p, ConvParam.TargetPixelBytes));
    if (++x == param(p, ConvParam.GridWidth)) {
      x = 0;
      if (++y == param(p, ConvParam.GridHeight)) {
        y = 0;
        image++;
      }
    }
  }
  for (let r = rows; r < 4; r++) setTargetRow(scratch, r, scratch + SPARE_ROW);
  store<i32>(cursor, x, 0);
  store<i32>(cursor, y, 4);
  store<i32>(cursor, image, 8);
}

/**
 * One segment per tap that any pixel of the strip has inside the source; returns their number. A tap's part of the
 * kernel is `step` bytes long and lies where the tap stands in the list or, `byIndex`, in the kernel.
 */
export function pointToTaps(
  p: usize, rows: i32, tap: i32, tapEnd: i32, step: usize, byIndex: bool, scratch: usize,
): i32 {
  const height = param(p, ConvParam.SourceHeight), width = param(p, ConvParam.SourceWidth);
  const pixelBytes = <usize>param(p, ConvParam.SourcePixelBytes);
  const zeros = scratch + ZEROS;
  let segments = 0;
  for (const first = tap; tap < tapEnd; tap++) {
    const dy = tapField(p, tap, 1), dx = tapField(p, tap, 2);
    const a0 = sourcePixel(scratch, 0, dy, dx, height, width, pixelBytes, zeros);
    const a1 = rows > 1 ? sourcePixel(scratch, 1, dy, dx, height, width, pixelBytes, zeros) : zeros;
    const a2 = rows > 2 ? sourcePixel(scratch, 2, dy, dx, height, width, pixelBytes, zeros) : zeros;
    const a3 = rows > 3 ? sourcePixel(scratch, 3, dy, dx, height, width, pixelBytes, zeros) : zeros;
    if (a0 == zeros && a1 == zeros && a2 == zeros && a3 == zeros) continue;
    const place = byIndex ? tapField(p, tap, 0) : tap - first;
    setSegment(segmentAt(scratch, segments++), a0, a1, a2, a3, <usize>place * step);
  }
  return segments;
}

/** Address of the source under a tap for pixel `row` of the strip, or `outside`. */
// @ts-ignore: decorator
@inline
export function sourcePixel(
  scratch: usize, row: usize, dy: i32, dx: i32, height: i32, width: i32, pixelBytes: usize, outside: usize,
): usize {
  const pixel = scratch + STRIP + row * PIXEL_BYTES;
  const y = load<i32>(pixel, 4) + dy, x = load<i32>(pixel, 8) + dx;
  if (<u32>y >= <u32>height || <u32>x >= <u32>width) return outside;
  return load<usize>(pixel) + <usize>(y * width + x) * pixelBytes;
}
