/**
 * Pooling of NHWC maps: the largest element of each window or the sum, or what another map holds where a window has
 * its first largest element. Padding never counts; a window without elements gives −∞, or 0.
 */
import { add, beats, choose, larger, zero } from "./channels";
import { param } from "./param";
import { PoolMode, PoolParam, WindowParam } from "./params";
import { endTap, firstTap, tapStepX, tapStepY } from "./poolWindow";
import { runProgram } from "./program";

/** A chunk is a range of output rows, over all images. */
export function pool(p: usize, chunk: i32, scratch: usize): void {
  const outHeight = param(p, WindowParam.OutHeight), outWidth = param(p, WindowParam.OutWidth);
  const channels = param(p, WindowParam.InChannels), perChunk = param(p, PoolParam.RowsPerChunk);
  const row0 = chunk * perChunk, row1 = min(param(p, WindowParam.Batch) * outHeight, row0 + perChunk);
  const first = row0 * outWidth * channels;
  let to = <usize>param(p, PoolParam.Target) + (<usize>first << 2);
  for (let row = row0; row < row1; row++) {
    for (let x = 0; x < outWidth; x++) {
      poolPixel(p, row / outHeight, row % outHeight, x, to);
      to += <usize>channels << 2;
    }
  }
  const program = <usize>param(p, PoolParam.Program);
  if (program != 0) runProgram(program, first, (row1 - row0) * outWidth * channels, scratch);
}

function poolPixel(p: usize, image: i32, y: i32, x: i32, to: usize): void {
  const inHeight = param(p, WindowParam.InHeight), inWidth = param(p, WindowParam.InWidth);
  const dilationY = param(p, WindowParam.DilationY), dilationX = param(p, WindowParam.DilationX);
  const top = y * param(p, WindowParam.StrideY) - param(p, WindowParam.Top);
  const left = x * param(p, WindowParam.StrideX) - param(p, WindowParam.Left);
  const firstY = firstTap(top, dilationY), firstX = firstTap(left, dilationX);
  const countY = endTap(top, dilationY, param(p, WindowParam.KernelHeight), inHeight) - firstY;
  const countX = endTap(left, dilationX, param(p, WindowParam.KernelWidth), inWidth) - firstX;
  const channels = param(p, WindowParam.InChannels), mode = param(p, PoolParam.Mode);
  const end = <usize>channels << 2, whole = <usize>(channels & ~3) << 2;
  if (countY <= 0 || countX <= 0) {
    const empty: f32 = mode == PoolMode.Max ? -Infinity : 0;
    for (let at: usize = 0; at < end; at += 4) store<f32>(to + at, empty);
    return;
  }
  const pixel = (image * inHeight + top + firstY * dilationY) * inWidth + left + firstX * dilationX;
  const from = <usize>(pixel * channels) << 2;
  const source = from + <usize>param(p, PoolParam.X), g = from + <usize>param(p, PoolParam.G);
  const stepY = tapStepY(p), stepX = tapStepX(p);
  if (mode == PoolMode.Max) {
    maxWindow<v128>(source, countY, countX, stepY, stepX, to, 0, whole);
    maxWindow<f32>(source, countY, countX, stepY, stepX, to, whole, end);
  } else if (mode == PoolMode.Sum) {
    sumWindow<v128>(source, countY, countX, stepY, stepX, to, 0, whole);
    sumWindow<f32>(source, countY, countX, stepY, stepX, to, whole, end);
  } else {
    takeWindow<v128>(source, g, countY, countX, stepY, stepX, to, 0, whole);
    takeWindow<f32>(source, g, countY, countX, stepY, stepX, to, whole, end);
  }
}

function maxWindow<T>(
  source: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, to: usize, at: usize, end: usize,
): void {
  for (; at < end; at += sizeof<T>()) {
    let row = source + at;
    let best = load<T>(row);
    for (let y = 0; y < countY; y++, row += stepY) {
      let from = row;
      for (let x = 0; x < countX; x++, from += stepX) best = larger<T>(best, load<T>(from));
    }
    store<T>(to + at, best);
  }
}

function sumWindow<T>(
  source: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, to: usize, at: usize, end: usize,
): void {
  for (; at < end; at += sizeof<T>()) {
    let row = source + at;
    let sum = zero<T>();
    for (let y = 0; y < countY; y++, row += stepY) {
      let from = row;
      for (let x = 0; x < countX; x++, from += stepX) sum = add<T>(sum, load<T>(from));
    }
    store<T>(to + at, sum);
  }
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
