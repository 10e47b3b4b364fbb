/**
 * Reads and writes of a tile through an affine map, run by run along the innermost axis.
 *
 * A descriptor is ACCESS_WORDS words: rank, padded (0 or 1), fill; then AXIS_WORDS words per axis, outermost first:
 * size, stride in elements, and the half-open range [low, high) in which the element exists. Rank is at least 1.
 */
import { ACCESS_WORDS, AXIS_WORDS } from "./opcodes";

const AXES: usize = ACCESS_WORDS * 4;
const AXIS: usize = AXIS_WORDS * 4;

/** Copies what the map yields at `position…position + count` to `tile`. `indices` is room for one word per axis. */
export function loadTile(
  tile: usize, values: usize, descriptor: usize, position: i32, count: i32, indices: usize,
): void {
  const last = lastAxis(descriptor);
  const size = load<i32>(last), stride = load<i32>(last, 4), low = load<i32>(last, 8), high = load<i32>(last, 12);
  const padded = load<i32>(descriptor, 4) != 0, fill = load<i32>(descriptor, 8);
  let offset = locate(descriptor, position, indices);
  let i = load<i32>(indices);
  for (;;) {
    const run = min(size - i, count);
    if (!padded) loadRun(tile, values + (<usize>(offset + i * stride) << 2), stride, run);
    else if (!within(descriptor, indices)) fillRun(tile, fill, run);
    else {
      const from = min(max(low - i, 0), run), to = max(min(high - i, run), from);
      fillRun(tile, fill, from);
      loadRun(tile + (from << 2), values + (<usize>(offset + (i + from) * stride) << 2), stride, to - from);
      fillRun(tile + (to << 2), fill, run - to);
    }
    count -= run;
    if (count == 0) return;
    tile += run << 2;
    i = 0;
    offset += advance(descriptor, indices);
  }
}

/** The reverse, without bounds. */
export function storeTile(
  tile: usize, values: usize, descriptor: usize, position: i32, count: i32, indices: usize,
): void {
  const last = lastAxis(descriptor);
  const size = load<i32>(last), stride = load<i32>(last, 4);
  let offset = locate(descriptor, position, indices);
  let i = load<i32>(indices);
  for (;;) {
    const run = min(size - i, count);
    storeRun(values + (<usize>(offset + i * stride) << 2), stride, tile, run);
    count -= run;
    if (count == 0) return;
    tile += run << 2;
    i = 0;
    offset += advance(descriptor, indices);
  }
}

/** The map itself: `start` plus the offset of each element, as integers. */
export function indexTile(
  tile: usize, start: i32, descriptor: usize, position: i32, count: i32, indices: usize,
): void {
  const last = lastAxis(descriptor);
  const size = load<i32>(last), stride = load<i32>(last, 4);
  let offset = start + locate(descriptor, position, indices);
  let i = load<i32>(indices);
  for (;;) {
    const run = min(size - i, count);
    indexRun(tile, offset + i * stride, stride, run);
    count -= run;
    if (count == 0) return;
    tile += run << 2;
    i = 0;
    offset += advance(descriptor, indices);
  }
}

function lastAxis(descriptor: usize): usize {
  return descriptor + AXES + <usize>(load<i32>(descriptor) - 1) * AXIS;
}

/**
 * Splits a flat position into an index per axis, innermost first in `indices`, and returns the offset of the outer
 * axes.
 */
function locate(descriptor: usize, position: i32, indices: usize): i32 {
  let offset = 0;
  const last = lastAxis(descriptor);
  for (let axis = last, at = indices; axis > descriptor; axis -= AXIS, at += 4) {
    const size = load<i32>(axis);
    const quotient = position / size;
    const index = position - quotient * size;
    store<i32>(at, index);
    if (axis != last) offset += index * load<i32>(axis, 4);
    position = quotient;
  }
  return offset;
}

/** Moves the outer axes to the next run; returns by how much the offset changes. */
function advance(descriptor: usize, indices: usize): i32 {
  let change = 0;
  for (let axis = lastAxis(descriptor) - AXIS, at = indices + 4; axis > descriptor; axis -= AXIS, at += 4) {
    const index = load<i32>(at) + 1;
    const stride = load<i32>(axis, 4);
    if (index < load<i32>(axis)) {
      store<i32>(at, index);
      return change + stride;
    }
    store<i32>(at, 0);
    change -= (index - 1) * stride;
  }
  return change;
}

/** Whether the outer axes lie inside their ranges. */
function within(descriptor: usize, indices: usize): bool {
  for (let axis = lastAxis(descriptor) - AXIS, at = indices + 4; axis > descriptor; axis -= AXIS, at += 4) {
    const index = load<i32>(at);
    if (index < load<i32>(axis, 8) || index >= load<i32>(axis, 12)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function loadRun(tile: usize, from: usize, stride: i32, count: i32): void {
  if (stride == 1) return copyRun(tile, from, count);
  if (stride == 0) return fillRun(tile, load<i32>(from), count);
  const step = <usize>stride << 2;
  for (const end = tile + (count << 2); tile < end; tile += 4, from += step) store<i32>(tile, load<i32>(from));
}

// @ts-ignore: decorator
@inline
function storeRun(to: usize, stride: i32, tile: usize, count: i32): void {
  if (stride == 1) return copyRun(to, tile, count);
  const step = <usize>stride << 2;
  for (const end = tile + (count << 2); tile < end; tile += 4, to += step) store<i32>(to, load<i32>(tile));
}

function indexRun(tile: usize, value: i32, stride: i32, count: i32): void {
  const end = tile + (count << 2);
  let values = i32x4.add(i32x4.splat(value), i32x4.mul(i32x4.splat(stride), i32x4(0, 1, 2, 3)));
  const step = i32x4.splat(stride << 2);
  for (; tile + 16 <= end; tile += 16, values = i32x4.add(values, step)) v128.store(tile, values);
  value = i32x4.extract_lane(values, 0);
  for (; tile < end; tile += 4, value += stride) store<i32>(tile, value);
}

/** Exactly `count` elements; runs are often short, where a call of memory.copy would cost more. */
export function copyRun(to: usize, from: usize, count: i32): void {
  const end = to + (count << 2);
  for (const whole = end - 15; <isize>to < <isize>whole; to += 16, from += 16) v128.store(to, v128.load(from));
  for (; to < end; to += 4, from += 4) store<i32>(to, load<i32>(from));
}

function fillRun(to: usize, word: i32, count: i32): void {
  const end = to + (count << 2);
  for (const whole = end - 15; <isize>to < <isize>whole; to += 16) v128.store(to, i32x4.splat(word));
  for (; to < end; to += 4) store<i32>(to, word);
}
