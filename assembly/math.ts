/**
 * Transcendental functions of four floats at once, within 3 ULP of the exact value over the whole range, with
 * IEEE results at zeros, infinities and NaN. The polynomials are minimax fits of our own, with coefficients rounded
 * to float32 one after the other.
 */
import { madd } from "./simd";

const INFINITY_BITS: i32 = 0x7f800000;

// @ts-ignore: decorator
@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** Lanes of a where mask, else of b. */
// @ts-ignore: decorator
@inline
function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** e^r − 1 for |r| ≤ ln 2 / 2. */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  let q = splat(0.00138734723);
  q = madd(q, r, splat(0.00836762972));
  q = madd(q, r, splat(0.0416674241));
  q = madd(q, r, splat(0.16666536));
  q = madd(q, r, splat(0.49999997));
  return madd(f32x4.mul(r, r), q, r);
}

/** x − n ln 2, with ln 2 in two parts of which the first leaves room for n. */
// @ts-ignore: decorator
@inline
function reduceByLn2(x: v128, n: v128): v128 {
  return madd(n, splat(2.12194440e-4), f32x4.sub(x, f32x4.mul(n, splat(0.693359375))));
}

/** 2^n for integers −126 ≤ n ≤ 127. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** Where exp is 0 or infinite beyond. The pseudo-minimum keeps a NaN in its first operand. */
// @ts-ignore: decorator
@inline
function clampExponent(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, splat(-104)), splat(89));
}

// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  x = clampExponent(x);
  const n = f32x4.nearest(f32x4.mul(x, splat(1.44269504)));
  const y = f32x4.add(expm1Reduced(reduceByLn2(x, n)), splat(1));
  // 2^n in two factors: n reaches 128, and denormal results round once.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const tiny = f32x4.lt(f32x4.abs(x), splat(1e-7));
  const clamped = clampExponent(x);
  const n = f32x4.nearest(f32x4.mul(clamped, splat(1.44269504)));
  const y = expm1Reduced(reduceByLn2(clamped, n));
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const p = powerOfTwo(half), q = powerOfTwo(i32x4.sub(whole, half));
  // 2^n (y + 1) − 1: beyond 2^24 the 1 is lost anyway, and 2^128 alone would overflow.
  const small = f32x4.add(f32x4.mul(f32x4.mul(y, p), q), f32x4.sub(f32x4.mul(p, q), splat(1)));
  const large = f32x4.mul(f32x4.mul(f32x4.add(y, splat(1)), p), q);
  return select(tiny, x, select(f32x4.gt(n, splat(25)), large, small));
}

/** log x for positive finite x: x = m 2^e with m in [√½, √2). */
// @ts-ignore: decorator
@inline
function logFinite(x: v128): v128 {
  const denormal = f32x4.lt(x, splat(1.17549435e-38));
  const bits = select(denormal, f32x4.mul(x, splat(8388608)), x);
  // Subtracting the bits of √½ puts the exponent of m 2^e into the upper bits.
  const shifted = i32x4.sub(bits, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.sub(i32x4.shr_s(shifted, 23), v128.and(denormal, i32x4.splat(23)));
  const mantissa = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const f = f32x4.sub(mantissa, splat(1));
  const e = f32x4.convert_i32x4_s(exponent);
  let p = splat(0.0674920827);
  p = madd(p, f, splat(-0.116700329));
  p = madd(p, f, splat(0.11883536));
  p = madd(p, f, splat(-0.124062389));
  p = madd(p, f, splat(0.142203599));
  p = madd(p, f, splat(-0.166679889));
  p = madd(p, f, splat(0.200020716));
  p = madd(p, f, splat(-0.250000089));
  p = madd(p, f, splat(0.333333135));
  const ff = f32x4.mul(f, f);
  let y = f32x4.mul(f32x4.mul(p, f), ff);
  y = madd(e, splat(-2.12194440e-4), y);
  y = madd(ff, splat(-0.5), y);
  return madd(e, splat(0.693359375), f32x4.add(f, y));
}

/** Zeros give −∞, negatives NaN, +∞ and NaN themselves. */
// @ts-ignore: decorator
@inline
function logEdges(x: v128, y: v128): v128 {
  const infinity = i32x4.splat(INFINITY_BITS);
  y = select(f32x4.lt(x, infinity), y, x);
  y = select(f32x4.eq(x, splat(0)), f32x4.neg(infinity), y);
  return select(f32x4.lt(x, splat(0)), splat(NaN), y);
}

// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  return logEdges(x, logFinite(x));
}

/** log(1 + x) = log u + (what rounding u = 1 + x lost) / u. */
// @ts-ignore: decorator
@inline
export function log1p(x: v128): v128 {
  const u = f32x4.add(x, splat(1));
  const large = f32x4.ge(x, splat(1));
  const lost = select(
    large,
    f32x4.sub(splat(1), f32x4.sub(u, x)),
    f32x4.sub(x, f32x4.sub(u, splat(1))),
  );
  const y = logEdges(u, f32x4.add(logFinite(u), f32x4.div(lost, u)));
  return select(f32x4.lt(f32x4.abs(x), splat(1e-8)), x, y);
}

/** tanh x = e / (e + 2) with e = exp(2x) − 1, which keeps its relative error near zero. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const limited = f32x4.pmin(f32x4.pmax(x, splat(-10)), splat(10));
  const e = expm1(f32x4.add(limited, limited));
  return f32x4.div(e, f32x4.add(e, splat(2)));
}

/** An odd polynomial to 0.92, beyond it 1 − exp(−Q(|x|)). */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(i32.MIN_VALUE));
  const a = f32x4.pmin(f32x4.abs(x), splat(4));
  const z = f32x4.mul(a, a);
  let p = splat(7.99127229e-05);
  p = madd(p, z, splat(-0.000804888317));
  p = madd(p, z, splat(0.00519235898));
  p = madd(p, z, splat(-0.0268557239));
  p = madd(p, z, splat(0.112836257));
  p = madd(p, z, splat(-0.376126289));
  p = madd(p, z, splat(0.128379166));
  const small = madd(p, a, a);
  let q = splat(-0.000195713175);
  q = madd(q, a, splat(0.00304104434));
  q = madd(q, a, splat(-0.0222183354));
  q = madd(q, a, splat(0.103913903));
  q = madd(q, a, splat(0.637202322));
  q = madd(q, a, splat(1.12766373));
  q = madd(q, a, splat(0.000198552545));
  const large = f32x4.sub(splat(1), exp(f32x4.neg(q)));
  return v128.or(sign, v128.andnot(select(f32x4.lt(a, splat(0.921875)), small, large), sign));
}
