/** Adds up the partial sums of a long contraction, always in the same order, and runs its epilogue. */
import { param } from "./param";
import { FinishParam } from "./matmulParams";
import { runProgram } from "./program";

export function finish(p: usize, chunk: i32, scratch: usize): void {
  const size = param(p, FinishParam.Size);
  const start = chunk * param(p, FinishParam.SizePerChunk);
  const length = min(param(p, FinishParam.SizePerChunk), size - start);
  const partials = param(p, FinishParam.Partials);
  if (partials > 0) {
    const offset = <usize>start << 2;
    const result = <usize>param(p, FinishParam.Result) + offset;
    add(<usize>param(p, FinishParam.Source) + offset, partials, <usize>size << 2, length, result);
  }
  const program = <usize>param(p, FinishParam.Program);
  if (program != 0) runProgram(program, start, length, scratch);
}

function add(source: usize, partials: i32, partialBytes: usize, length: i32, result: usize): void {
  let i: usize = 0;
  for (const whole = <usize>(length & ~3) << 2; i < whole; i += 16) {
    let sum = v128.load(source + i);
    for (let at = 1; at < partials; at++) {
      sum = f32x4.add(sum, v128.load(source + <usize>at * partialBytes + i));
    }
    v128.store(result + i, sum);
  }
  for (const end = <usize>length << 2; i < end; i += 4) {
    let sum = load<f32>(source + i);
    for (let at = 1; at < partials; at++) sum += load<f32>(source + <usize>at * partialBytes + i);
    store<f32>(result + i, sum);
  }
}
