/**
 * Pooling of NHWC maps: the largest element of each window or the sum, or what another map holds where a window has
 * its first largest element. Padding never counts; a window without elements gives −∞, or 0.
 */
import { add, beats, choose, larger, lowest, zero } from "./channels";
import { param } from "./param";
import { PoolMode, PoolParam, WindowParam } from "./params";
import { endTap, firstTap, tapStepX, tapStepY } from "./poolWindow";
import { runProgram } from "./program";

/** A chunk is a range of output rows, over all images. */
export function pool(p: usize, chunk: i32, scratch: usize): void {
  const outHeight = param(p, WindowParam.OutHeight), rowSize = param(p, WindowParam.OutWidth) * param(p, WindowParam.InChannels);
  const perChunk = param(p, PoolParam.RowsPerChunk);
  const row0 = chunk * perChunk, row1 = min(param(p, WindowParam.Batch) * outHeight, row0 + perChunk);
  const first = row0 * rowSize;
  let to = <usize>param(p, PoolParam.Result) + (<usize>first << 2);
  for (let row = row0; row < row1; row++, to += <usize>rowSize << 2) poolRow(p, row / outHeight, row % outHeight, to);
  const program = <usize>param(p, PoolParam.Program);
  if (program != 0) runProgram(program, first, (row1 - row0) * rowSize, scratch);
}

function poolRow(p: usize, image: i32, y: i32, to: usize): void {
  const inHeight = param(p, WindowParam.InHeight), inWidth = param(p, WindowParam.InWidth);
  const dilationY = param(p, WindowParam.DilationY), dilationX = param(p, WindowParam.DilationX);
  const kernelWidth = param(p, WindowParam.KernelWidth), strideX = param(p, WindowParam.StrideX);
  const top = y * param(p, WindowParam.StrideY) - param(p, WindowParam.Top), firstY = firstTap(top, dilationY);
  const countY = endTap(top, dilationY, param(p, WindowParam.KernelHeight), inHeight) - firstY;
  const line = (image * inHeight + top + firstY * dilationY) * inWidth;
  const pixelBytes = <usize>param(p, WindowParam.InChannels) << 2;
  let left = -param(p, WindowParam.Left);
  for (let x = param(p, WindowParam.OutWidth); x > 0; x--, left += strideX, to += pixelBytes) {
    const firstX = firstTap(left, dilationX);
    const countX = endTap(left, dilationX, kernelWidth, inWidth) - firstX;
    poolWindow(p, <usize>(line + left + firstX * dilationX) * pixelBytes, countY, countX, pixelBytes, to);
  }
}

/** The window of countY × countX taps from byte `from` of the maps on. */
function poolWindow(p: usize, from: usize, countY: i32, countX: i32, end: usize, to: usize): void {
  const mode = param(p, PoolParam.Mode), whole = end & ~15;
  const source = from + <usize>param(p, PoolParam.X), g = from + <usize>param(p, PoolParam.G);
  const stepY = tapStepY(p), stepX = tapStepX(p);
  if (countY <= 0 || countX <= 0) {
    const empty: f32 = mode == PoolMode.Max ? -Infinity : 0;
    for (let at: usize = 0; at < end; at += 4) store<f32>(to + at, empty);
  } else if (mode == PoolMode.Max) {
    foldFours(true, source, countY, countX, stepY, stepX, to, end & ~63);
    foldWindow<v128>(true, source, countY, countX, stepY, stepX, to, end & ~63, whole);
    foldWindow<f32>(true, source, countY, countX, stepY, stepX, to, whole, end);
  } else if (mode == PoolMode.Sum) {
    foldFours(false, source, countY, countX, stepY, stepX, to, end & ~63);
    foldWindow<v128>(false, source, countY, countX, stepY, stepX, to, end & ~63, whole);
    foldWindow<f32>(false, source, countY, countX, stepY, stepX, to, whole, end);
  } else {
    takeWindow<v128>(source, g, countY, countX, stepY, stepX, to, 0, whole);
    takeWindow<f32>(source, g, countY, countX, stepY, stepX, to, whole, end);
  }
}

/** The largest element of the window or the sum, for 16 channels at a time: the loops over taps cost as much as taps. */
// @ts-ignore: decorator
@inline
function foldFours(
  isMax: bool, source: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, to: usize, end: usize,
): void {
  for (let at: usize = 0; at < end; at += 64) {
    let row = source + at, a = identity<v128>(isMax), b = a, c = a, d = a;
    for (let y = 0; y < countY; y++, row += stepY) {
      let from = row;
      for (let x = 0; x < countX; x++, from += stepX) {
        a = fold<v128>(isMax, a, v128.load(from)); b = fold<v128>(isMax, b, v128.load(from, 16));
        c = fold<v128>(isMax, c, v128.load(from, 32)); d = fold<v128>(isMax, d, v128.load(from, 48));
      }
    }
    v128.store(to + at, a); v128.store(to + at, b, 16);
    v128.store(to + at, c, 32); v128.store(to + at, d, 48);
  }
}

// @ts-ignore: decorator
@inline
function foldWindow<T>(
  isMax: bool, source: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, to: usize, at: usize, end: usize,
): void {
  for (; at < end; at += sizeof<T>()) {
    let row = source + at, folded = identity<T>(isMax);
    for (let y = 0; y < countY; y++, row += stepY) {
      let from = row;
      for (let x = 0; x < countX; x++, from += stepX) folded = fold<T>(isMax, folded, load<T>(from));
    }
    store<T>(to + at, folded);
  }
}

// @ts-ignore: decorator
@inline
function fold<T>(isMax: bool, a: T, b: T): T {
  return isMax ? larger<T>(a, b) : add<T>(a, b);
}

// @ts-ignore: decorator
@inline
function identity<T>(isMax: bool): T {
  return isMax ? lowest<T>() : zero<T>();
}

function takeWindow<T>(
  source: usize, g: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, to: usize, at: usize, end: usize,
): void {
  for (; at < end; at += sizeof<T>()) {
    let row = at;
    let best = load<T>(source + row), taken = load<T>(g + row);
    for (let y = 0; y < countY; y++, row += stepY) {
      let from = row;
      for (let x = 0; x < countX; x++, from += stepX) {
        const candidate = load<T>(source + from);
        const isBetter = beats<T>(candidate, best);
        best = choose<T>(candidate, best, isBetter);
        taken = choose<T>(load<T>(g + from), taken, isBetter);
      }
    }
    store<T>(to + at, taken);
  }
}
