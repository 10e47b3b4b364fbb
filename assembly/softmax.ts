/** softmax and logSoftmax of rows of floats: three passes over a row, relative to its largest element. */
import { SoftmaxParam } from "./arrayParams";
import { exp } from "./math";
import { BLOCK, Op } from "./opcodes";
import { param } from "./param";
import { unary } from "./unary";

export function softmax(p: usize, chunk: i32, scratch: usize): void {
  const length = param(p, SoftmaxParam.Length), isLog = param(p, SoftmaxParam.Log) != 0;
  const first = chunk * param(p, SoftmaxParam.RowsPerChunk);
  const last = min(first + param(p, SoftmaxParam.RowsPerChunk), param(p, SoftmaxParam.Rows));
  const bytes = <usize>length << 2;
  let from = <usize>param(p, SoftmaxParam.Input) + <usize>first * bytes;
  let to = <usize>param(p, SoftmaxParam.Result) + <usize>first * bytes;
  for (let row = first; row < last; row++, from += bytes, to += bytes) {
    const largest = maximum(from, length);
    if (isLog) {
      store<f32>(scratch, sumOfExp(0, from, length, largest));
      unary(Op.Log, scratch, scratch + BLOCK, scratch, BLOCK);
      subtract(to, from, length, largest, load<f32>(scratch));
    } else scale(to, length, 1 / sumOfExp(to, from, length, largest));
  }
}

/** A vector of which the first `count` elements are read, all others being −∞: nothing to a maximum or to exp. */
function loadSome(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let x = v128.load_lane<u32>(from, f32x4.splat(-Infinity), 0);
  if (count > 1) x = v128.load_lane<u32>(from, x, 1, 4);
  if (count > 2) x = v128.load_lane<u32>(from, x, 2, 8);
  return x;
}

function storeSome(to: usize, x: v128, count: i32): void {
  if (count >= 4) return v128.store(to, x);
  v128.store_lane<u32>(to, x, 0);
  if (count > 1) v128.store_lane<u32>(to, x, 1, 4);
  if (count > 2) v128.store_lane<u32>(to, x, 2, 8);
}

function maximum(from: usize, length: i32): f32 {
  let most = f32x4.splat(-Infinity);
  for (let left = length; left > 0; left -= 4, from += 16) most = f32x4.max(most, loadSome(from, left));
  most = f32x4.max(most, i32x4.shuffle(most, most, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.max(most, i32x4.shuffle(most, most, 1, 0, 3, 2)), 0);
}

/** Σ exp(x − largest); stores the terms unless `to` is 0. */
function sumOfExp(to: usize, from: usize, length: i32, largest: f32): f32 {
  let sum = f32x4.splat(0);
  for (let left = length; left > 0; left -= 4, from += 16) {
    const y = exp(f32x4.sub(loadSome(from, left), f32x4.splat(largest)));
    sum = f32x4.add(sum, y);
    if (to) {
      storeSome(to, y, left);
      to += 16;
    }
  }
  sum = f32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
}

function scale(row: usize, length: i32, factor: f32): void {
  for (let left = length; left > 0; left -= 4, row += 16) {
    storeSome(row, f32x4.mul(loadSome(row, left), f32x4.splat(factor)), left);
  }
}

function subtract(to: usize, from: usize, length: i32, largest: f32, logSum: f32): void {
  for (let left = length; left > 0; left -= 4, from += 16, to += 16) {
    const x = f32x4.sub(loadSome(from, left), f32x4.splat(largest));
    storeSome(to, f32x4.sub(x, f32x4.splat(logSum)), left);
  }
}
