/** Running sums and products along lines; floats accumulate in float64. */
import { Element, LineParam } from "./arrayParams";
import { firstOfLine, lineEnd, lineStart } from "./lines";
import { param } from "./param";

export function cumulative(p: usize, chunk: i32, scratch: usize): void {
  const products = param(p, LineParam.Variant) != 0;
  if (param(p, LineParam.Element) == Element.Float) {
    return products ? scan<f32, f64>(p, chunk, true) : scan<f32, f64>(p, chunk, false);
  }
  return products ? scan<i32, i32>(p, chunk, true) : scan<i32, i32>(p, chunk, false);
}

function scan<T, Sum>(p: usize, chunk: i32, products: bool): void {
  const length = param(p, LineParam.Length);
  const stride = param(p, LineParam.Inner) << 2, step = param(p, LineParam.Reverse) ? -stride : stride;
  for (let line = lineStart(p, chunk), end = lineEnd(p, chunk); line < end; line++) {
    let at = firstOfLine(p, line);
    if (step < 0) at += (length - 1) * stride;
    let sum: Sum = products ? <Sum>1 : <Sum>0;
    for (let i = 0; i < length; i++, at += step) {
      const x = <Sum>load<T>(<usize>param(p, LineParam.Input) + at);
      sum = products ? <Sum>(sum * x) : <Sum>(sum + x);
      store<T>(<usize>param(p, LineParam.Result) + at, <T>sum);
    }
  }
}
