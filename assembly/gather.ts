/**
 * Rows picked by indices, and rows set or added at indices. An index out of range is clamped, and the first one
 * reported in the status words, which the host reads with the next results.
 */
import { Element, GatherParam, ScatterParam } from "./arrayParams";
import { copyRun } from "./access";
import { Indexing, STATUS_ADDRESS, Status } from "./layout";
import { param } from "./param";

function clampIndex(index: i32, length: i32, op: Indexing): i32 {
  if (<u32>index < <u32>length) return index;
  if (load<i32>(STATUS_ADDRESS + (Status.Code << 2)) == 0) {
    store<i32>(STATUS_ADDRESS + (Status.Index << 2), index);
    store<i32>(STATUS_ADDRESS + (Status.Length << 2), length);
    store<i32>(STATUS_ADDRESS + (Status.Code << 2), op);
  }
  return index < 0 ? 0 : length - 1;
}

/** A chunk is a range of the rows of [outer, count]. */
export function gather(p: usize, chunk: i32, scratch: usize): void {
  const count = param(p, GatherParam.Count), length = param(p, GatherParam.Length);
  const inner = param(p, GatherParam.Inner), along = param(p, GatherParam.Along) != 0;
  const indices = <usize>param(p, GatherParam.Indices);
  const first = chunk * param(p, GatherParam.RowsPerChunk);
  const last = min(first + param(p, GatherParam.RowsPerChunk), param(p, GatherParam.Outer) * count);
  for (let row = first; row < last; row++) {
    const outer = row / count;
    const values = <usize>param(p, GatherParam.Input) + (<usize>(outer * length) * inner << 2);
    const to = <usize>param(p, GatherParam.Result) + (<usize>row * inner << 2);
    if (along) {
      const at = indices + (<usize>row * inner << 2);
      for (let n: usize = 0; n < <usize>inner << 2; n += 4) {
        const index = clampIndex(load<i32>(at + n), length, Indexing.Gather);
        store<i32>(to + n, load<i32>(values + (<usize>index * inner << 2) + n));
      }
    } else {
      const index = clampIndex(load<i32>(indices + (<usize>(row - outer * count) << 2)), length, Indexing.Gather);
      copyRun(to, values + (<usize>index * inner << 2), inner);
    }
  }
}

export function scatter(p: usize, chunk: i32, scratch: usize): void {
  const length = param(p, ScatterParam.Length), inner = param(p, ScatterParam.Inner);
  const blocks = param(p, ScatterParam.Blocks), outer = chunk / blocks;
  const row0 = (chunk - outer * blocks) * param(p, ScatterParam.Block);
  const row1 = min(row0 + param(p, ScatterParam.Block), length);
  const rowBytes = <usize>inner << 2, offset = <usize>(outer * length) * rowBytes;
  const input = <usize>param(p, ScatterParam.Input) + offset;
  const result = <usize>param(p, ScatterParam.Result) + offset;
  const block = <usize>row0 * rowBytes;
  if (input != result) memory.copy(result + block, input + block, <usize>(row1 - row0) * rowBytes);

  const count = param(p, ScatterParam.Count), along = param(p, ScatterParam.Along) != 0;
  const adds = param(p, ScatterParam.Add) != 0, mode = adds ? param(p, ScatterParam.Element) : -1;
  const op = adds ? Indexing.ScatterAdd : Indexing.Scatter;
  const step: usize = along ? rowBytes : 4;
  let indices = <usize>param(p, ScatterParam.Indices) + (along ? <usize>(outer * count) * rowBytes : 0);
  let updates = <usize>param(p, ScatterParam.Updates) + <usize>(outer * count) * rowBytes;
  for (let i = 0; i < count; i++, indices += step, updates += rowBytes) {
    if (along) {
      for (let n: usize = 0; n < rowBytes; n += 4) {
        const row = clampIndex(load<i32>(indices + n), length, op);
        if (row >= row0 && row < row1) update(result + <usize>row * rowBytes + n, updates + n, 1, mode);
      }
    } else {
      const row = clampIndex(load<i32>(indices), length, op);
      if (row >= row0 && row < row1) update(result + <usize>row * rowBytes, updates, inner, mode);
    }
  }
}

/** Sets (mode −1) or adds `count` elements of an Element. */
function update(to: usize, from: usize, count: i32, mode: i32): void {
  if (mode < 0) copyRun(to, from, count);
  else if (mode == Element.Float) add<f32>(to, from, count);
  else add<i32>(to, from, count);
}

function add<T>(to: usize, from: usize, count: i32): void {
  const end = to + (<usize>count << 2);
  for (; to + 16 <= end; to += 16, from += 16) {
    const a = v128.load(to), b = v128.load(from);
    v128.store(to, isFloat<T>() ? f32x4.add(a, b) : i32x4.add(a, b));
  }
  for (; to < end; to += 4, from += 4) store<T>(to, load<T>(to) + load<T>(from));
}
