/** Index of the largest or smallest element of each line; the first wins, and a NaN beats every number. */
import { Element, LineParam } from "./arrayParams";
import { firstOfLine, lineEnd, lineStart } from "./lines";
import { param } from "./param";

export function argReduce(p: usize, chunk: i32, scratch: usize): void {
  switch (param(p, LineParam.Element)) {
    case Element.Float: return reduceLines<f32>(p, chunk);
    case Element.Int: return reduceLines<i32>(p, chunk);
    default: return reduceLines<u32>(p, chunk);
  }
}

function reduceLines<T>(p: usize, chunk: i32): void {
  const length = param(p, LineParam.Length), stride = <usize>param(p, LineParam.Inner) << 2;
  const smallest = param(p, LineParam.Variant) != 0;
  const result = <usize>param(p, LineParam.Result);
  for (let line = lineStart(p, chunk), end = lineEnd(p, chunk); line < end; line++) {
    const from = <usize>param(p, LineParam.Input) + firstOfLine(p, line);
    const at = smallest ? best<T>(from, length, stride, true) : best<T>(from, length, stride, false);
    store<i32>(result + (<usize>line << 2), at);
  }
}

// @ts-ignore: decorator
@inline
function best<T>(from: usize, length: i32, stride: usize, smallest: bool): i32 {
  let at = 0, value = load<T>(from);
  for (let i = 1; i < length && value == value; i++) {
    from += stride;
    const x = load<T>(from);
    if ((smallest ? x < value : x > value) || x != x) {
      at = i;
      value = x;
    }
  }
  return at;
}
