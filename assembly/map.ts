/** An elementwise program over a whole iteration space. Parameters: program, elements, elements per chunk. */
import { runProgram } from "./program";

export function map(p: usize, chunk: i32, scratch: usize): void {
  const size = load<i32>(p, 4), each = load<i32>(p, 8);
  const start = chunk * each;
  runProgram(load<usize>(p), start, min(each, size - start), scratch);
}
