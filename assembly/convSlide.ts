/**
 * 2-D convolution with a kernel 3 wide that steps by 1 or 2 pixels along a row, where a weight serves one product per
 * pixel: depthwise, and first layers, which have few channels to read. For 4 output channels the weights stay in
 * registers while a row goes by; each source pixel is loaded once for all results it is part of. Rows and columns
 * outside the source are left out.
 *
 * `T` says what a weight multiplies: v128 — the channels of the source are those of the result (depthwise);
 * f32 — one channel of the source goes to all channels of the result.
 */
import { add, multiply, multiplyAdd, zero } from "./channels";
import { tapField } from "./convStrip";
import { param } from "./param";
import { ConvParam } from "./params";
import { runProgram } from "./program";

/** Taps of a row, and rows of taps whose weights fit the registers. */
const TAPS = 3;
/** Pixels that are summed at a time: what they read and write should fit the first cache. */
const RUN = 64;

/** A chunk is a range of pixels of the grid, with all channels. */
export function convSlide(p: usize, chunk: i32, scratch: usize): void {
  const perChunk = param(p, ConvParam.PixelsPerChunk), width = param(p, ConvParam.GridWidth);
  const t0 = chunk * perChunk, t1 = min(param(p, ConvParam.Pixels), t0 + perChunk);
  for (let t = t0; t < t1;) {
    const x = t % width, end = min(width, x + t1 - t);
    slideRow(p, t / width, x, end);
    t += end - x;
  }
  const program = <usize>param(p, ConvParam.Program);
  if (program == 0) return;
  const channels = param(p, ConvParam.ResultPixelBytes) >> 2;
  runProgram(program, t0 * channels, (t1 - t0) * channels, scratch);
}

/** Pixels [x, end) of the grid's row `line`, counted through all images. */
function slideRow(p: usize, line: i32, x: i32, end: i32): void {
  const gridHeight = param(p, ConvParam.GridHeight), image = line / gridHeight, row = line % gridHeight;
  const height = param(p, ConvParam.SourceHeight), width = param(p, ConvParam.SourceWidth);
  const pixelBytes = <usize>param(p, ConvParam.SourcePixelBytes);
  const y = row * param(p, ConvParam.SourceStepY), left = min(tapField(p, 0, 2), tapField(p, TAPS - 1, 2));
  // The rows of taps inside the source, and the pixels that have any columns inside.
  let tap = 0, tapEnd = param(p, ConvParam.Taps);
  while (tap < tapEnd && <u32>(y + tapField(p, tap, 1)) >= <u32>height) tap += TAPS;
  while (tap < tapEnd && <u32>(y + tapField(p, tapEnd - 1, 1)) >= <u32>height) tapEnd -= TAPS;
  const stride = param(p, ConvParam.SourceStepX);
  const before = max(0, 1 - TAPS - left), past = max(0, width - left);
  const start = tap < tapEnd ? max(x, min(end, (before + stride - 1) / stride)) : end;
  const stop = max(start, min(end, (past + stride - 1) / stride));

  const resultY = image * param(p, ConvParam.ResultHeight) + param(p, ConvParam.OriginY) + row * param(p, ConvParam.StepY);
  const result = <usize>param(p, ConvParam.Result) +
    <usize>((resultY * param(p, ConvParam.ResultWidth) + param(p, ConvParam.OriginX)) * param(p, ConvParam.ResultPixelBytes));
  const source = <usize>param(p, ConvParam.Source) + <usize>(image * param(p, ConvParam.SourceImageBytes)) +
    <usize>(y * width) * pixelBytes;
  clear(p, result, x, start);
  for (let at = start; at < stop; at += RUN) {
    const count = min(RUN, stop - at), first = at * stride + left;
    const hasFirst = first >= 0, hasSecond = <u32>(first + 1) < <u32>width;
    const whole = min(count, (max(0, width + 1 - TAPS - first) + stride - 1) / stride);
    const hasNext = whole < count && first + whole * stride + 1 < width;
    const from = source + <usize>first * pixelBytes, to = result + <usize>at * resultStep(p);
    if (param(p, ConvParam.Groups) > 1) slideRun<v128>(p, tap, tapEnd, from, to, hasFirst, hasSecond, hasNext, whole, count);
    else slideRun<f32>(p, tap, tapEnd, from, to, hasFirst, hasSecond, hasNext, whole, count);
  }
  clear(p, result, stop, end);
}

/** Bytes from a pixel of the grid to the next. */
// @ts-ignore: decorator
@inline
function resultStep(p: usize): usize {
  return <usize>(param(p, ConvParam.StepX) * param(p, ConvParam.ResultPixelBytes));
}

/** Pixels [x, end), which no tap reaches, of the row at `result`. */
function clear(p: usize, result: usize, x: i32, end: i32): void {
  const width = <usize>param(p, ConvParam.ResultPixelBytes);
  for (; x < end; x++) memory.fill(result + <usize>x * resultStep(p), 0, width);
}

/**
 * The sums of `count` pixels over the rows of taps [tap, tapEnd); the first pixel's first column is at `from`, if it
 * has that and the second one; the first `whole` pixels have the third.
 */
function slideRun<T>(
  p: usize, tap: i32, tapEnd: i32, from: usize, to: usize, hasFirst: bool, hasSecond: bool, hasNext: bool, whole: i32, count: i32,
): void {
  const end = <usize>param(p, ConvParam.ResultPixelBytes), vectors = end & ~15, resultBytes = resultStep(p);
  const pixelBytes = <usize>param(p, ConvParam.SourcePixelBytes);
  const lineBytes = pixelBytes * <usize>param(p, ConvParam.SourceWidth);
  const kernelTapBytes = param(p, ConvParam.KernelTapBytes), channelBytes = <usize>param(p, ConvParam.KernelRowBytes);
  // Backwards the columns are listed from right to left.
  const leftmost = tapField(p, 0, 2) < tapField(p, 1, 2) ? 0 : TAPS - 1;
  const columnBytes = <usize>((tapField(p, 1, 0) - tapField(p, leftmost, 0)) * kernelTapBytes);
  const stride = param(p, ConvParam.SourceStepX);
  const channels = isVector<T>() ? 1 : param(p, ConvParam.Channels);
  let accumulate = false;
  for (; tap < tapEnd; tap += TAPS * TAPS) {
    const rows = min(TAPS, (tapEnd - tap) / TAPS), below = rows > 1 ? tap + TAPS : tap;
    const rowBytes = <usize>(tapField(p, below, 1) - tapField(p, tap, 1)) * lineBytes;
    const kernelBytes = <usize>((tapField(p, below, 0) - tapField(p, tap, 0)) * kernelTapBytes);
    let source = from + <usize>tapField(p, tap, 1) * lineBytes;
    let kernel = <usize>param(p, ConvParam.Kernel) + <usize>(tapField(p, tap + leftmost, 0) * kernelTapBytes);
    for (let channel = 0; channel < channels; channel++, source += 4, kernel += channelBytes, accumulate = true) {
      slideRows<T, v128>(
        rows, source, rowBytes, pixelBytes, kernel, kernelBytes, columnBytes,
        to, resultBytes, 0, vectors, stride, hasFirst, hasSecond, hasNext, whole, count, accumulate,
      );
      slideRows<T, f32>(
        rows, source, rowBytes, pixelBytes, kernel, kernelBytes, columnBytes,
        to, resultBytes, vectors, end, stride, hasFirst, hasSecond, hasNext, whole, count, accumulate,
      );
    }
  }
}

/** The bytes [at, end) of the pixels, one `V` at a time. */
function slideRows<T, V>(
  rows: i32, from: usize, rowBytes: usize, pixelBytes: usize, kernel: usize, kernelRowBytes: usize, columnBytes: usize,
  to: usize, resultBytes: usize, at: usize, end: usize,
  stride: i32, hasFirst: bool, hasSecond: bool, hasNext: bool, whole: i32, count: i32, accumulate: bool,
): void {
  for (; at < end; at += sizeof<V>()) {
    const source = isVector<T>() ? from + at : from;
    if (rows == 3) {
      slide<T, V>(
        3, source, rowBytes, pixelBytes, kernel + at, kernelRowBytes, columnBytes,
        to + at, resultBytes, stride, hasFirst, hasSecond, hasNext, whole, count, accumulate,
      );
    } else if (rows == 2) {
      slide<T, V>(
        2, source, rowBytes, pixelBytes, kernel + at, kernelRowBytes, columnBytes,
        to + at, resultBytes, stride, hasFirst, hasSecond, hasNext, whole, count, accumulate,
      );
    } else {
      slide<T, V>(
        1, source, rowBytes, pixelBytes, kernel + at, kernelRowBytes, columnBytes,
        to + at, resultBytes, stride, hasFirst, hasSecond, hasNext, whole, count, accumulate,
      );
    }
  }
}

// @ts-ignore: decorator
@inline
function slide<T, V>(
  rows: i32, a: usize, rowBytes: usize, pixelBytes: usize, kernel: usize, kernelRowBytes: usize, columnBytes: usize,
  to: usize, resultBytes: usize, stride: i32, hasFirst: bool, hasSecond: bool, hasNext: bool, whole: i32, count: i32, accumulate: bool,
): void {
  let b = a + rowBytes, c = b + rowBytes;
  let w = kernel;
  const u0 = load<V>(w), v0 = load<V>(w + columnBytes), w0 = load<V>(w + 2 * columnBytes);
  w += kernelRowBytes;
  const u1 = load<V>(w), v1 = load<V>(w + columnBytes), w1 = load<V>(w + 2 * columnBytes);
  // Without a third row the second is read again: memory may end behind it.
  if (rows > 2) w += kernelRowBytes;
  const u2 = load<V>(w), v2 = load<V>(w + columnBytes), w2 = load<V>(w + 2 * columnBytes);
  // Sums of this pixel and of the next, so far.
  let s = zero<V>(), next = s;
  if (hasFirst) s = addColumn<T, V>(rows, a, b, c, u0, u1, u2, s);
  a += pixelBytes; b += pixelBytes; c += pixelBytes;
  if (hasSecond) {
    s = addColumn<T, V>(rows, a, b, c, v0, v1, v2, s);
    if (stride == 1) next = addColumn<T, V>(rows, a, b, c, u0, u1, u2, next);
  }
  count -= whole;
  if (stride == 2) {
    for (; whole > 0; whole--, to += resultBytes) {
      a += pixelBytes; b += pixelBytes; c += pixelBytes;
      const x = read<T, V>(a);
      s = multiplyAdd<V>(x, w0, s);
      next = multiply<V>(x, u0);
      if (rows > 1) {
        const y = read<T, V>(b);
        s = multiplyAdd<V>(y, w1, s);
        next = multiplyAdd<V>(y, u1, next);
      }
      if (rows > 2) {
        const z = read<T, V>(c);
        s = multiplyAdd<V>(z, w2, s);
        next = multiplyAdd<V>(z, u2, next);
      }
      store<V>(to, accumulate ? add<V>(load<V>(to), s) : s);
      s = next;
      if (whole > 1 || hasNext) {
        a += pixelBytes; b += pixelBytes; c += pixelBytes;
        s = addColumn<T, V>(rows, a, b, c, v0, v1, v2, s);
      }
    }
    next = zero<V>();
  }
  for (; whole > 0; whole--, to += resultBytes) {
    a += pixelBytes; b += pixelBytes; c += pixelBytes;
    const x = read<T, V>(a);
    s = multiplyAdd<V>(x, w0, s);
    next = multiplyAdd<V>(x, v0, next);
    let last = multiply<V>(x, u0);
    if (rows > 1) {
      const y = read<T, V>(b);
      s = multiplyAdd<V>(y, w1, s);
      next = multiplyAdd<V>(y, v1, next);
      last = multiplyAdd<V>(y, u1, last);
    }
    if (rows > 2) {
      const z = read<T, V>(c);
      s = multiplyAdd<V>(z, w2, s);
      next = multiplyAdd<V>(z, v2, next);
      last = multiplyAdd<V>(z, u2, last);
    }
    store<V>(to, accumulate ? add<V>(load<V>(to), s) : s);
    s = next;
    next = last;
  }
  for (; count > 0; count--, to += resultBytes) {
    store<V>(to, accumulate ? add<V>(load<V>(to), s) : s);
    s = next;
    next = zero<V>();
  }
}

/** s + a column of source pixels times a column of weights. */
// @ts-ignore: decorator
@inline
function addColumn<T, V>(rows: i32, a: usize, b: usize, c: usize, u: V, v: V, w: V, s: V): V {
  s = multiplyAdd<V>(read<T, V>(a), u, s);
  if (rows > 1) s = multiplyAdd<V>(read<T, V>(b), v, s);
  if (rows > 2) s = multiplyAdd<V>(read<T, V>(c), w, s);
  return s;
}

// @ts-ignore: decorator
@inline
function read<T, V>(at: usize): V {
  if (isVector<V>() && !isVector<T>()) return v128.load32_splat(at);
  return load<V>(at);
}
