/** Arithmetic on T = v128 (four channels) or f32 (one), so that a kernel's remainder is the kernel itself. */
import { madd } from "./simd";

// @ts-ignore: decorator
@inline
export function zero<T>(): T {
  if (isVector<T>()) return f32x4.splat(0);
  return 0;
}

/** −∞. */
// @ts-ignore: decorator
@inline
export function lowest<T>(): T {
  if (isVector<T>()) return f32x4.splat(-Infinity);
  return -Infinity;
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

/** The larger per channel; NaN where either is. */
// @ts-ignore: decorator
@inline
export function larger<T>(a: T, b: T): T {
  if (isVector<T>()) return f32x4.max(a, b);
  return max<f32>(a, b);
}

/** Mask of the channels where `candidate` takes the place of `best` as the first largest: NaN beats all but NaN. */
// @ts-ignore: decorator
@inline
export function beats<T>(candidate: T, best: T): T {
  if (isVector<T>()) {
    const isFirstNaN = v128.andnot(f32x4.ne(candidate, candidate), f32x4.ne(best, best));
    return v128.or(f32x4.gt(candidate, best), isFirstNaN);
  }
  return mask(candidate > best || (candidate != candidate && best == best));
}

/** a where the mask is set, else b. */
// @ts-ignore: decorator
@inline
export function choose<T>(a: T, b: T, mask: T): T {
  if (isVector<T>()) return v128.bitselect(a, b, mask);
  return reinterpret<i32>(mask) != 0 ? a : b;
}

/** Mask of the channels where a is b, or is NaN. */
// @ts-ignore: decorator
@inline
export function matches<T>(a: T, b: T): T {
  if (isVector<T>()) return v128.or(f32x4.eq(a, b), f32x4.ne(a, a));
  return mask(a == b || a != a);
}

/** a where the mask is set, else 0. */
// @ts-ignore: decorator
@inline
export function keep<T>(a: T, mask: T): T {
  if (isVector<T>()) return v128.and(a, mask);
  return reinterpret<i32>(mask) != 0 ? a : 0;
}

/** 0 where the mask is set, else a. */
// @ts-ignore: decorator
@inline
export function except<T>(a: T, mask: T): T {
  if (isVector<T>()) return v128.andnot(a, mask);
  return reinterpret<i32>(mask) != 0 ? 0 : a;
}

// @ts-ignore: decorator
@inline
function mask(isSet: bool): f32 {
  return reinterpret<f32>(-i32(isSet));
}
