/**
 * A large matrix times one to four vectors: products with so few rows or columns that tiles would idle. Reads the
 * matrix once, 8 rows at a time.
 */
import { madd } from "./simd";
import { batchOffset, param } from "./param";
import { GemvParam } from "./matmulParams";
import { runProgram, runRows } from "./program";

export function gemv(p: usize, chunk: i32, scratch: usize): void {
  const size = param(p, GemvParam.Size), count = param(p, GemvParam.Count);
  const chunks = param(p, GemvParam.SizeChunks), perChunk = param(p, GemvParam.SizePerChunk);
  const matrix = chunk / chunks;
  const start = (chunk % chunks) * perChunk;
  const length = min(perChunk, size - start);
  const vectorMajor = param(p, GemvParam.VectorMajor) != 0;
  const stepVector = vectorMajor ? size : 1, stepOutput = vectorMajor ? 1 : count;
  const first = matrix * size * count;

  for (let v = 0; v < count; v++) {
    if (param(p, GemvParam.RowPerOutput)) dotRows(p, matrix, v, start, length, scratch);
    else addRows(p, matrix, v, start, length, scratch);
    let to = <usize>param(p, GemvParam.C) + (<usize>(first + v * stepVector + start * stepOutput) << 2);
    for (let i = 0; i < length; i++) {
      store<f32>(to, load<f32>(scratch + (<usize>i << 2)));
      to += <usize>stepOutput << 2;
    }
  }
  const program = <usize>param(p, GemvParam.Program);
  if (program == 0) return;
  if (!vectorMajor) runProgram(program, first + start * count, length * count, scratch);
  else runRows(program, first + start, length, count, size, scratch);
}

/** result[i] = row(start + i) · vector. */
function dotRows(p: usize, matrix: i32, vector: i32, start: i32, length: i32, result: usize): void {
  const depth = param(p, GemvParam.Depth), rowBytes = <usize>param(p, GemvParam.RowBytes);
  const x = <usize>param(p, GemvParam.Vectors) + batchOffset(p, GemvParam.Rank, matrix, 2) +
    <usize>vector * param(p, GemvParam.VectorBytes);
  const rows = <usize>param(p, GemvParam.Matrix) + batchOffset(p, GemvParam.Rank, matrix, 1) +
    <usize>start * rowBytes;
  const last = rows + <usize>(length - 1) * rowBytes;
  const whole = <usize>(depth & ~3) << 2;
  for (let i = 0; i < length; i += 8) {
    // Past the last row the 8 pointers stay on it; what they compute lies beyond `length` and is not read.
    const r0 = rows + <usize>i * rowBytes;
    const r1 = min(r0 + rowBytes, last), r2 = min(r1 + rowBytes, last), r3 = min(r2 + rowBytes, last);
    const r4 = min(r3 + rowBytes, last), r5 = min(r4 + rowBytes, last), r6 = min(r5 + rowBytes, last);
    const r7 = min(r6 + rowBytes, last);
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    for (let k: usize = 0; k < whole; k += 16) {
      const xk = v128.load(x + k);
      s0 = madd(xk, v128.load(r0 + k), s0);
      s1 = madd(xk, v128.load(r1 + k), s1);
      s2 = madd(xk, v128.load(r2 + k), s2);
      s3 = madd(xk, v128.load(r3 + k), s3);
      s4 = madd(xk, v128.load(r4 + k), s4);
      s5 = madd(xk, v128.load(r5 + k), s5);
      s6 = madd(xk, v128.load(r6 + k), s6);
      s7 = madd(xk, v128.load(r7 + k), s7);
    }
    const to = result + (<usize>i << 2);
    store<f32>(to, sum(s0) + tail(x, r0, whole, depth), 0);
    store<f32>(to, sum(s1) + tail(x, r1, whole, depth), 4);
    store<f32>(to, sum(s2) + tail(x, r2, whole, depth), 8);
    store<f32>(to, sum(s3) + tail(x, r3, whole, depth), 12);
    store<f32>(to, sum(s4) + tail(x, r4, whole, depth), 16);
    store<f32>(to, sum(s5) + tail(x, r5, whole, depth), 20);
    store<f32>(to, sum(s6) + tail(x, r6, whole, depth), 24);
    store<f32>(to, sum(s7) + tail(x, r7, whole, depth), 28);
  }
}

// @ts-ignore: decorator
@inline
function sum(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

function tail(x: usize, row: usize, whole: usize, depth: i32): f32 {
  let s: f32 = 0;
  for (let k = whole; k < <usize>depth << 2; k += 4) s += load<f32>(x + k) * load<f32>(row + k);
  return s;
}

/** result = Σ_k vector[k] · row(k)[start …]. */
function addRows(p: usize, matrix: i32, vector: i32, start: i32, length: i32, result: usize): void {
  const depth = param(p, GemvParam.Depth), rowBytes = <usize>param(p, GemvParam.RowBytes);
  const step = <usize>param(p, GemvParam.ElementBytes);
  let x = <usize>param(p, GemvParam.Vectors) + batchOffset(p, GemvParam.Rank, matrix, 2) +
    <usize>vector * param(p, GemvParam.VectorBytes);
  let row = <usize>param(p, GemvParam.Matrix) + batchOffset(p, GemvParam.Rank, matrix, 1) + (<usize>start << 2);
  memory.fill(result, 0, <usize>length << 2);
  let k = 0;
  for (; k + 8 <= depth; k += 8) {
    addEightRows(row, rowBytes, x, step, length, result);
    row += 8 * rowBytes;
    x += 8 * step;
  }
  for (; k < depth; k++) {
    const xk = load<f32>(x);
    for (let i: usize = 0, end = <usize>length << 2; i < end; i += 4) {
      store<f32>(result + i, load<f32>(result + i) + xk * load<f32>(row + i));
    }
    row += rowBytes;
    x += step;
  }
}

function addEightRows(row: usize, rowBytes: usize, x: usize, step: usize, length: i32, result: usize): void {
  const x0 = v128.load32_splat(x), x1 = v128.load32_splat(x + step);
  const x2 = v128.load32_splat(x + 2 * step), x3 = v128.load32_splat(x + 3 * step);
  const x4 = v128.load32_splat(x + 4 * step), x5 = v128.load32_splat(x + 5 * step);
  const x6 = v128.load32_splat(x + 6 * step), x7 = v128.load32_splat(x + 7 * step);
  const r1 = row + rowBytes, r2 = r1 + rowBytes, r3 = r2 + rowBytes, r4 = r3 + rowBytes;
  const r5 = r4 + rowBytes, r6 = r5 + rowBytes, r7 = r6 + rowBytes;
  let i: usize = 0;
  for (const whole = <usize>(length & ~3) << 2; i < whole; i += 16) {
    let s = f32x4.mul(x0, v128.load(row + i)), t = f32x4.mul(x4, v128.load(r4 + i));
    s = madd(x1, v128.load(r1 + i), s); t = madd(x5, v128.load(r5 + i), t);
    s = madd(x2, v128.load(r2 + i), s); t = madd(x6, v128.load(r6 + i), t);
    s = madd(x3, v128.load(r3 + i), s); t = madd(x7, v128.load(r7 + i), t);
    v128.store(result + i, f32x4.add(v128.load(result + i), f32x4.add(s, t)));
  }
  for (const end = <usize>length << 2; i < end; i += 4) {
    let s = load<f32>(x) * load<f32>(row + i) + load<f32>(x + step) * load<f32>(r1 + i);
    s += load<f32>(x + 2 * step) * load<f32>(r2 + i) + load<f32>(x + 3 * step) * load<f32>(r3 + i);
    s += load<f32>(x + 4 * step) * load<f32>(r4 + i) + load<f32>(x + 5 * step) * load<f32>(r5 + i);
    s += load<f32>(x + 6 * step) * load<f32>(r6 + i) + load<f32>(x + 7 * step) * load<f32>(r7 + i);
    store<f32>(result + i, load<f32>(result + i) + s);
  }
}
