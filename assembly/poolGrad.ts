/**
 * Gradient of pooling: each window adds its dy to its first largest element, or to all of them. Windows may overlap,
 * so one chunk owns an image (or some of its channels) and goes through its windows in row-major order; where they
 * tile the input, each element is written once.
 */
import { add, except, keep, larger, lowest, matches } from "./channels";
import { param } from "./param";
import { PoolMode, PoolParam, WindowParam } from "./params";
import { endTap, firstTap, tapStepX, tapStepY } from "./poolWindow";
import { runProgram } from "./program";

export function poolGrad(p: usize, chunk: i32, scratch: usize): void {
  const inHeight = param(p, WindowParam.InHeight), inWidth = param(p, WindowParam.InWidth);
  const outHeight = param(p, WindowParam.OutHeight), outWidth = param(p, WindowParam.OutWidth);
  const channels = param(p, WindowParam.InChannels), blocks = param(p, PoolParam.ChannelChunks);
  const perChunk = param(p, PoolParam.ChannelsPerChunk);
  const image = chunk / blocks, channel = (chunk % blocks) * perChunk;
  const count = min(perChunk, channels - channel);
  const pixels = inHeight * inWidth, pixelBytes = <usize>channels << 2;

  const first = <usize>(image * pixels * channels + channel) << 2;
  const result = <usize>param(p, PoolParam.Result) + first;
  if (param(p, PoolParam.Tiles) == 0) {
    if (count == channels) memory.fill(result, 0, <usize>pixels * pixelBytes);
    else for (let i = 0; i < pixels; i++) memory.fill(result + <usize>i * pixelBytes, 0, <usize>count << 2);
  }

  let dy = <usize>param(p, PoolParam.G) + (<usize>(image * outHeight * outWidth * channels + channel) << 2);
  for (let y = 0; y < outHeight; y++, dy += <usize>outWidth * pixelBytes) {
    rowGrad(p, y, <usize>param(p, PoolParam.X) + first, dy, result, count);
  }
  const program = <usize>param(p, PoolParam.Program);
  if (program != 0) runProgram(program, image * pixels * channels, pixels * channels, scratch);
}

/** The windows of an output row. */
function rowGrad(p: usize, y: i32, source: usize, dy: usize, result: usize, count: i32): void {
  const inHeight = param(p, WindowParam.InHeight), inWidth = param(p, WindowParam.InWidth);
  const dilationY = param(p, WindowParam.DilationY), dilationX = param(p, WindowParam.DilationX);
  const kernelWidth = param(p, WindowParam.KernelWidth), strideX = param(p, WindowParam.StrideX);
  const top = y * param(p, WindowParam.StrideY) - param(p, WindowParam.Top), firstY = firstTap(top, dilationY);
  const countY = endTap(top, dilationY, param(p, WindowParam.KernelHeight), inHeight) - firstY;
  if (countY <= 0) return;
  const pixelBytes = <usize>param(p, WindowParam.InChannels) << 2;
  const line = (top + firstY * dilationY) * inWidth;
  let left = -param(p, WindowParam.Left);
  for (let x = param(p, WindowParam.OutWidth); x > 0; x--, left += strideX, dy += pixelBytes) {
    const firstX = firstTap(left, dilationX), countX = endTap(left, dilationX, kernelWidth, inWidth) - firstX;
    if (countX <= 0) continue;
    const from = <usize>(line + left + firstX * dilationX) * pixelBytes;
    windowGrad(p, source + from, dy, result + from, countY, countX, <usize>count << 2);
  }
}

function windowGrad(p: usize, source: usize, dy: usize, result: usize, countY: i32, countX: i32, end: usize): void {
  const stepY = tapStepY(p), stepX = tapStepX(p), fours = end & ~63, whole = end & ~15;
  const accumulate = param(p, PoolParam.Tiles) == 0;
  if (param(p, PoolParam.Mode) == PoolMode.Sum) {
    spreadFours(dy, result, countY, countX, stepY, stepX, fours, accumulate);
    spread<v128>(dy, result, countY, countX, stepY, stepX, fours, whole, accumulate);
    spread<f32>(dy, result, countY, countX, stepY, stepX, whole, end, accumulate);
  } else {
    routeFours(source, dy, result, countY, countX, stepY, stepX, fours, accumulate);
    route<v128>(source, dy, result, countY, countX, stepY, stepX, fours, whole, accumulate);
    route<f32>(source, dy, result, countY, countX, stepY, stepX, whole, end, accumulate);
  }
}

/** `spread` for 16 channels at a time: the loops over taps cost as much as taps. */
function spreadFours(
  dy: usize, result: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, end: usize, accumulate: bool,
): void {
  for (let at: usize = 0; at < end; at += 64) {
    const g = dy + at, a = v128.load(g), b = v128.load(g, 16), c = v128.load(g, 32), d = v128.load(g, 48);
    let row = result + at;
    for (let y = 0; y < countY; y++, row += stepY) {
      let to = row;
      for (let x = 0; x < countX; x++, to += stepX) {
        give<v128>(to, a, accumulate);
        give<v128>(to + 16, b, accumulate);
        give<v128>(to + 32, c, accumulate);
        give<v128>(to + 48, d, accumulate);
      }
    }
  }
}

/** Gives dy to every element of the window. */
function spread<T>(
  dy: usize, result: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, at: usize, end: usize,
  accumulate: bool,
): void {
  for (; at < end; at += sizeof<T>()) {
    const gradient = load<T>(dy + at);
    let row = result + at;
    for (let y = 0; y < countY; y++, row += stepY) {
      let to = row;
      for (let x = 0; x < countX; x++, to += stepX) give<T>(to, gradient, accumulate);
    }
  }
}

/** `route` for 16 channels at a time. */
function routeFours(
  source: usize, dy: usize, result: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, end: usize,
  accumulate: bool,
): void {
  for (let at: usize = 0; at < end; at += 64) {
    let row = source + at, a = lowest<v128>(), b = a, c = a, d = a;
    for (let y = 0; y < countY; y++, row += stepY) {
      let from = row;
      for (let x = 0; x < countX; x++, from += stepX) {
        a = f32x4.max(a, v128.load(from)); b = f32x4.max(b, v128.load(from, 16));
        c = f32x4.max(c, v128.load(from, 32)); d = f32x4.max(d, v128.load(from, 48));
      }
    }
    let g = dy + at, to = result + at;
    let ga = v128.load(g), gb = v128.load(g, 16), gc = v128.load(g, 32), gd = v128.load(g, 48);
    row = source + at;
    for (let y = 0; y < countY; y++, row += stepY, to += stepY) {
      let from = row, share = to;
      for (let x = 0; x < countX; x++, from += stepX, share += stepX) {
        let isBest = matches<v128>(v128.load(from), a);
        give<v128>(share, v128.and(ga, isBest), accumulate);
        ga = v128.andnot(ga, isBest);
        isBest = matches<v128>(v128.load(from, 16), b);
        give<v128>(share + 16, v128.and(gb, isBest), accumulate);
        gb = v128.andnot(gb, isBest);
        isBest = matches<v128>(v128.load(from, 32), c);
        give<v128>(share + 32, v128.and(gc, isBest), accumulate);
        gc = v128.andnot(gc, isBest);
        isBest = matches<v128>(v128.load(from, 48), d);
        give<v128>(share + 48, v128.and(gd, isBest), accumulate);
        gd = v128.andnot(gd, isBest);
      }
    }
  }
}

/** Gives dy to the first largest element of the window: to the first NaN if it holds any. */
function route<T>(
  source: usize, dy: usize, result: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, at: usize, end: usize,
  accumulate: bool,
): void {
  for (; at < end; at += sizeof<T>()) {
    let row = source + at, best = lowest<T>();
    for (let y = 0; y < countY; y++, row += stepY) {
      let from = row;
      for (let x = 0; x < countX; x++, from += stepX) best = larger<T>(best, load<T>(from));
    }
    let gradient = load<T>(dy + at), to = result + at;
    row = source + at;
    for (let y = 0; y < countY; y++, row += stepY, to += stepY) {
      let from = row, share = to;
      for (let x = 0; x < countX; x++, from += stepX, share += stepX) {
        const isBest = matches<T>(load<T>(from), best);
        give<T>(share, keep<T>(gradient, isBest), accumulate);
        // Later ones get nothing.
        gradient = except<T>(gradient, isBest);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function give<T>(to: usize, share: T, accumulate: bool): void {
  store<T>(to, accumulate ? add<T>(load<T>(to), share) : share);
}
