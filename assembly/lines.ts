/** Lines along the middle of [outer, length, inner], numbered row-major over [outer, inner]. */
import { LineParam } from "./arrayParams";
import { param } from "./param";

export function lineStart(p: usize, chunk: i32): i32 {
  return chunk * param(p, LineParam.LinesPerChunk);
}

export function lineEnd(p: usize, chunk: i32): i32 {
  const lines = param(p, LineParam.Outer) * param(p, LineParam.Inner);
  return min(lineStart(p, chunk) + param(p, LineParam.LinesPerChunk), lines);
}

/** Byte offset of a line's first element. */
export function firstOfLine(p: usize, line: i32): usize {
  const inner = param(p, LineParam.Inner);
  const outer = line / inner;
  return <usize>(outer * param(p, LineParam.Length) * inner + line - outer * inner) << 2;
}
