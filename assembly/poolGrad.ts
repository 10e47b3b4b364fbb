/**
 * Gradient of pooling: each window adds its dy to its first largest element, or to all of them. Windows may overlap,
 * so one chunk owns an image (or some of its channels) and goes through its windows in row-major order.
 */
import { add, beats, choose, index, sameIndex, zero } from "./channels";
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
  const target = <usize>param(p, PoolParam.Target) + first;
  if (count == channels) memory.fill(target, 0, <usize>pixels * pixelBytes);
  else for (let i = 0; i < pixels; i++) memory.fill(target + <usize>i * pixelBytes, 0, <usize>count << 2);

  let dy = <usize>param(p, PoolParam.G) + (<usize>(image * outHeight * outWidth * channels + channel) << 2);
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++, dy += pixelBytes) {
      windowGrad(p, y, x, <usize>param(p, PoolParam.X) + first, dy, target, count);
    }
  }
  const program = <usize>param(p, PoolParam.Program);
  if (program != 0) runProgram(program, image * pixels * channels, pixels * channels, scratch);
}

function windowGrad(p: usize, y: i32, x: i32, source: usize, dy: usize, target: usize, count: i32): void {
  const inWidth = param(p, WindowParam.InWidth), channels = param(p, WindowParam.InChannels);
  const dilationY = param(p, WindowParam.DilationY), dilationX = param(p, WindowParam.DilationX);
  const top = y * param(p, WindowParam.StrideY) - param(p, WindowParam.Top);
  const left = x * param(p, WindowParam.StrideX) - param(p, WindowParam.Left);
  const firstY = firstTap(top, dilationY), firstX = firstTap(left, dilationX);
  const inHeight = param(p, WindowParam.InHeight);
  const countY = endTap(top, dilationY, param(p, WindowParam.KernelHeight), inHeight) - firstY;
  const countX = endTap(left, dilationX, param(p, WindowParam.KernelWidth), inWidth) - firstX;
  if (countY <= 0 || countX <= 0) return;
  const pixel = (top + firstY * dilationY) * inWidth + left + firstX * dilationX;
  const from = <usize>(pixel * channels) << 2;
  const stepY = tapStepY(p), stepX = tapStepX(p);
  const end = <usize>count << 2, whole = <usize>(count & ~3) << 2;
  source += from;
  target += from;
  if (param(p, PoolParam.Mode) == PoolMode.Sum) {
    spread<v128>(dy, target, countY, countX, stepY, stepX, 0, whole);
    spread<f32>(dy, target, countY, countX, stepY, stepX, whole, end);
  } else {
    route<v128>(source, dy, target, countY, countX, stepY, stepX, 0, whole);
    route<f32>(source, dy, target, countY, countX, stepY, stepX, whole, end);
  }
}

/** Adds dy to every element of the window. */
function spread<T>(
  dy: usize, target: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, at: usize, end: usize,
): void {
  for (; at < end; at += sizeof<T>()) {
    const gradient = load<T>(dy + at);
    let row = target + at;
    for (let y = 0; y < countY; y++, row += stepY) {
      let to = row;
      for (let x = 0; x < countX; x++, to += stepX) store<T>(to, add<T>(load<T>(to), gradient));
    }
  }
}

/** Adds dy to the first largest element of the window. */
function route<T>(
  source: usize, dy: usize, target: usize, countY: i32, countX: i32, stepY: usize, stepX: usize, at: usize, end: usize,
): void {
  for (; at < end; at += sizeof<T>()) {
    let best = load<T>(source + at), winner = index<T>(0), row = source + at;
    for (let y = 0; y < countY; y++, row += stepY) {
      let from = row;
      for (let x = 0; x < countX; x++, from += stepX) {
        const candidate = load<T>(from);
        const isBetter = beats<T>(candidate, best);
        best = choose<T>(candidate, best, isBetter);
        winner = choose<T>(index<T>(y * countX + x), winner, isBetter);
      }
    }
    const gradient = load<T>(dy + at);
    row = target + at;
    for (let y = 0; y < countY; y++, row += stepY) {
      let to = row;
      for (let x = 0; x < countX; x++, to += stepX) {
        const share = choose<T>(gradient, zero<T>(), sameIndex<T>(winner, index<T>(y * countX + x)));
        store<T>(to, add<T>(load<T>(to), share));
      }
    }
  }
}
