/** The part of a pooling window that lies inside the input, and its steps through memory. */
import { param } from "./param";
import { WindowParam } from "./params";

/** First tap inside, for a window that begins at `origin`. */
// @ts-ignore: decorator
@inline
export function firstTap(origin: i32, dilation: i32): i32 {
  return origin < 0 ? (dilation - 1 - origin) / dilation : 0;
}

/** The tap past the last one inside an input of `size`; not more than the first if the window has none. */
// @ts-ignore: decorator
@inline
export function endTap(origin: i32, dilation: i32, taps: i32, size: i32): i32 {
  if (origin + (taps - 1) * dilation < size) return taps;
  return origin < size ? (size - 1 - origin) / dilation + 1 : 0;
}

/** Bytes from a tap to the one below it and to the one beside it. */
// @ts-ignore: decorator
@inline
export function tapStepY(p: usize): usize {
  return <usize>(param(p, WindowParam.DilationY) * param(p, WindowParam.InWidth) * param(p, WindowParam.InChannels)) << 2;
}

// @ts-ignore: decorator
@inline
export function tapStepX(p: usize): usize {
  return <usize>(param(p, WindowParam.DilationX) * param(p, WindowParam.InChannels)) << 2;
}
