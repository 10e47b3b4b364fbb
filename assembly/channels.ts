/** Arithmetic on T = v128 (four channels) or f32 (one), so that a kernel's remainder is the kernel itself. */
import { madd } from "./simd";

// @ts-ignore: decorator
@inline
export function zero<T>(): T {
  if (isVector<T>()) return f32x4.splat(0);
  return 0;
}

// @ts-ignore: decorator
@inline
export function add<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.add(a, b);
  return a + b;
}

// @ts-ignore: decorator
@inline
export function multiply<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.mul(a, b);
  return a * b;
}

/** a · b + c. */
// @ts-ignore: decorator
@inline
export function multiplyAdd<T>(a: T, b: T, c: T): T {
  if (isVector<T>()) return madd(a, b, c);
  return a * b + c;
}
