/**
 * Transcendental functions of four floats at once, within 3 ULP of the exact value over the whole range, with
 * IEEE results at zeros, infinities and NaN. The polynomials are minimax fits of our own, with coefficients rounded
 * to float32 one after the other. They stand in memory, from the highest power down: engines make a constant vector
 * in three instructions at every use, and load one in one.
 */
import { madd } from "./simd";

const INFINITY_BITS: i32 = 0x7f800000;

// @ts-ignore: decorator
@inline
function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** Number `i` of a table, four times. */
// @ts-ignore: decorator
@inline
function at(table: usize, i: usize): v128 {
  return v128.load32_splat(table + (i << 2));
}

/** Four steps of Horner's rule from p, with numbers i to i + 3 of a table. */
// @ts-ignore: decorator
@inline
function horner4(p: v128, x: v128, table: usize, i: usize): v128 {
  p = madd(p, x, at(table, i));
  p = madd(p, x, at(table, i + 1));
  p = madd(p, x, at(table, i + 2));
  return madd(p, x, at(table, i + 3));
}

/** Lanes of a where mask, else of b. */
// @ts-ignore: decorator
@inline
function select(mask: v128, a: v128, b: v128): v128 {
  return v128.bitselect(a, b, mask);
}

/** (e^r − 1 − r) / r², then log2 e and the two parts of ln 2, then where exp is 0 or infinite beyond. */
const EXP = memory.data<f32>([
  0.00138734723, 0.00836762972, 0.0416674241, 0.16666536, 0.49999997,
  1.44269504, 0.693359375, 2.12194440e-4,
  -104, 89,
]);

/** e^r − 1 for |r| ≤ ln 2 / 2. */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  const q = horner4(at(EXP, 0), r, EXP, 1);
  return madd(f32x4.mul(r, r), q, r);
}

/** x − n ln 2, with ln 2 in two parts of which the first leaves room for n. */
// @ts-ignore: decorator
@inline
function reduceByLn2(x: v128, n: v128): v128 {
  return madd(n, at(EXP, 7), f32x4.sub(x, f32x4.mul(n, at(EXP, 6))));
}

/** 2^n for integers −126 ≤ n ≤ 127. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** The pseudo-minimum keeps a NaN in its first operand. */
// @ts-ignore: decorator
@inline
function clampExponent(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, at(EXP, 8)), at(EXP, 9));
}

// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  x = clampExponent(x);
  const n = f32x4.nearest(f32x4.mul(x, at(EXP, 5)));
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
  const n = f32x4.nearest(f32x4.mul(clamped, at(EXP, 5)));
  const y = expm1Reduced(reduceByLn2(clamped, n));
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const p = powerOfTwo(half), q = powerOfTwo(i32x4.sub(whole, half));
  // 2^n (y + 1) − 1: beyond 2^24 the 1 is lost anyway, and 2^128 alone would overflow.
  const small = f32x4.add(f32x4.mul(f32x4.mul(y, p), q), f32x4.sub(f32x4.mul(p, q), splat(1)));
  const large = f32x4.mul(f32x4.mul(f32x4.add(y, splat(1)), p), q);
  return select(tiny, x, select(f32x4.gt(n, splat(25)), large, small));
}

/** (log(1 + f) − f + f²/2) / f³. */
const LOG = memory.data<f32>([
  0.0674920827, -0.116700329, 0.11883536, -0.124062389, 0.142203599, -0.166679889, 0.200020716, -0.250000089, 0.333333135,
]);

// Logarithms of a positive finite x = m 2^e with m in [√½, √2).

// @ts-ignore: decorator
@inline
function isDenormal(x: v128): v128 {
  return f32x4.lt(x, splat(1.17549435e-38));
}

/** The bits of x less those of √½, which puts e into the upper ones; a denormal is scaled by 2^23 first. */
// @ts-ignore: decorator
@inline
function shiftedBits(x: v128, denormal: v128): v128 {
  return i32x4.sub(select(denormal, f32x4.mul(x, splat(8388608)), x), i32x4.splat(0x3f3504f3));
}

/** e */
// @ts-ignore: decorator
@inline
function exponentOf(shifted: v128, denormal: v128): v128 {
  return f32x4.convert_i32x4_s(
    i32x4.sub(i32x4.shr_s(shifted, 23), v128.and(denormal, i32x4.splat(23))),
  );
}

/** m − 1 */
// @ts-ignore: decorator
@inline
function fractionOf(shifted: v128): v128 {
  const mantissa = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  return f32x4.sub(mantissa, splat(1));
}

/** log(1 + f) − f + f²/2 */
// @ts-ignore: decorator
@inline
function logTail(f: v128, ff: v128): v128 {
  const p = horner4(horner4(at(LOG, 0), f, LOG, 1), f, LOG, 5);
  return f32x4.mul(f32x4.mul(p, f), ff);
}

// @ts-ignore: decorator
@inline
function logFinite(x: v128): v128 {
  const denormal = isDenormal(x);
  const shifted = shiftedBits(x, denormal);
  const e = exponentOf(shifted, denormal);
  const f = fractionOf(shifted);
  const ff = f32x4.mul(f, f);
  let y = madd(e, splat(-2.12194440e-4), logTail(f, ff));
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

/** Exact for powers of two. */
// @ts-ignore: decorator
@inline
export function log2(x: v128): v128 {
  const denormal = isDenormal(x);
  const shifted = shiftedBits(x, denormal);
  const f = fractionOf(shifted);
  const ff = f32x4.mul(f, f);
  const logarithm = f32x4.add(f, madd(ff, splat(-0.5), logTail(f, ff)));
  return logEdges(x, madd(logarithm, splat(1.44269504), exponentOf(shifted, denormal)));
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

/** S, then (2^r − 1) / r. */
const ERF = memory.data<f32>([
  -1.33532158e-05, 0.000169713472, -0.000912964344, 0.00240496174, -0.000231348517, -0.0276320614, 0.148277074,
  0.918447614, 1.62790704,
  0.000154035122, 0.00133907353, 0.00961823761, 0.0555035733, 0.240226492, 0.693147182,
]);
const ERF_TERMS: usize = 9, EXP2_TERMS: usize = 6;

/** Added to a small number, it rounds it to an integer, which the lowest bits of the sum hold. */
const ROUNDER: f32 = 12582912;

/** erf is 1 from here on. */
// @ts-ignore: decorator
@inline
function limited(x: v128): v128 {
  return f32x4.pmin(f32x4.abs(x), splat(3.92));
}

// @ts-ignore: decorator
@inline
function rounded(t: v128): v128 {
  return f32x4.add(t, splat(ROUNDER));
}

/** How far t is below the integer that the sum holds. */
// @ts-ignore: decorator
@inline
function rest(sum: v128, t: v128): v128 {
  return f32x4.sub(f32x4.sub(sum, splat(ROUNDER)), t);
}

/** 1 − 2^(r − n) with the sign of x: the sum holds n, p is (2^r − 1) / r. */
// @ts-ignore: decorator
@inline
function erfOf(x: v128, sum: v128, r: v128, p: v128): v128 {
  const scale = i32x4.shl(i32x4.sub(i32x4.splat(127), sum), 23);
  const y = f32x4.sub(f32x4.sub(splat(1), scale), f32x4.mul(scale, f32x4.mul(p, r)));
  const sign = v128.and(x, i32x4.splat(i32.MIN_VALUE));
  return v128.or(sign, v128.andnot(y, sign));
}

/**
 * 1 − 2^−t with t = −log2 erfc|x| = |x| S(|x|), whose 2^r − 1 keeps its digits where x is small. Of four vectors, term
 * by term: one alone is a long chain of operations that wait for each other.
 */
export function erf(to: usize, from: usize): void {
  let a = limited(v128.load(from)), b = limited(v128.load(from, 16));
  let c = limited(v128.load(from, 32)), d = limited(v128.load(from, 48));
  let term = at(ERF, 0), p = term, q = term, r = term, s = term;
  for (let i: usize = 1; i < ERF_TERMS; i++) {
    term = at(ERF, i);
    p = madd(p, a, term); q = madd(q, b, term); r = madd(r, c, term); s = madd(s, d, term);
  }
  a = f32x4.mul(a, p); b = f32x4.mul(b, q); c = f32x4.mul(c, r); d = f32x4.mul(d, s);
  const k = rounded(a), l = rounded(b), m = rounded(c), n = rounded(d);
  a = rest(k, a); b = rest(l, b); c = rest(m, c); d = rest(n, d);
  term = at(ERF, ERF_TERMS); p = term; q = term; r = term; s = term;
  for (let i: usize = 1; i < EXP2_TERMS; i++) {
    term = at(ERF, ERF_TERMS + i);
    p = madd(p, a, term); q = madd(q, b, term); r = madd(r, c, term); s = madd(s, d, term);
  }
  v128.store(to, erfOf(v128.load(from), k, a, p));
  v128.store(to, erfOf(v128.load(from, 16), l, b, q), 16);
  v128.store(to, erfOf(v128.load(from, 32), m, c, r), 32);
  v128.store(to, erfOf(v128.load(from, 48), n, d, s), 48);
}
