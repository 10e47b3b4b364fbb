/**
 * Sine and cosine of four floats at once. The argument is reduced by multiples of π/2 in float64: with π/2 in three
 * parts up to 2^27, beyond that by an exact integer product with the bits of 2/π (Payne and Hanek, 1983).
 */
import { madd } from "./simd";

/** π/2 in parts of 26, 26 and 53 bits: n times the first two is exact for |n| < 2^27. */
const HALF_PI_HIGH: f64 = 1.5707963109016418;
const HALF_PI_MIDDLE: f64 = 1.5893254712295857e-8;
const HALF_PI_LOW: f64 = 6.123233995736766e-17;

/** Bits 32 i … 32 i + 31 after the point of 2/π. */
function twoOverPi(i: i32): u64 {
  switch (i) {
    case 0: return 0xa2f9836e;
    case 1: return 0x4e441529;
    case 2: return 0xfc2757d1;
    case 3: return 0xf534ddc0;
    case 4: return 0xdb629599;
    case 5: return 0x3c439041;
    case 6: return 0xfe5163ab;
    default: return 0xdebbc561;
  }
}

/** Word i of the bits of 2/π that start at bit `offset`. */
function window(offset: i32, i: i32): u64 {
  const word = (offset >> 5) + i;
  return ((twoOverPi(word) << 32 | twoOverPi(word + 1)) << <u64>(offset & 31)) >> 32;
}

/** x 2/π modulo 4 as a fraction of 2^62, for finite |x| ≥ 2^25. */
function quadrants(x: f32): i64 {
  const bits = reinterpret<u32>(x);
  const mantissa: u64 = bits & 0x7fffff | 0x800000;
  // |x| = mantissa 2^e; of 2/π only bits of weight 2 and less count, those above are multiples of 4.
  const offset = <i32>(bits >> 23 & 255) - 150 - 2;
  const low = mantissa * window(offset, 2);
  const middle = mantissa * window(offset, 1) + (low >> 32);
  const high = mantissa * window(offset, 0) + (middle >> 32);
  const value = <i64>(high << 32 | (middle & 0xffffffff));
  return <i32>bits < 0 ? -value : value;
}

/** Two results at once: the remainder r in [−π/4, π/4] as float64; {@link nearestQuadrant} gives its multiple. */
// @ts-ignore: decorator
@inline
function remainder(x: v128, n: v128): v128 {
  let r = f64x2.sub(x, f64x2.mul(n, f64x2.splat(HALF_PI_HIGH)));
  r = f64x2.sub(r, f64x2.mul(n, f64x2.splat(HALF_PI_MIDDLE)));
  return f64x2.sub(r, f64x2.mul(n, f64x2.splat(HALF_PI_LOW)));
}

// @ts-ignore: decorator
@inline
function nearestQuadrant(x: v128): v128 {
  return f64x2.nearest(f64x2.mul(x, f64x2.splat(0.6366197723675814)));
}

/** sin r or cos r of the reduced argument by quadrant, with the sign of the half turn. */
// @ts-ignore: decorator
@inline
function evaluate(r: v128, quadrant: v128): v128 {
  const z = f32x4.mul(r, r);
  let s = f32x4.splat(2.8328061e-06);
  s = madd(s, z, f32x4.splat(-0.00019853079));
  s = madd(s, z, f32x4.splat(0.0083333794));
  s = madd(s, z, f32x4.splat(-0.166666672));
  const sine = madd(f32x4.mul(s, z), r, r);
  let c = f32x4.splat(2.4432331e-05);
  c = madd(c, z, f32x4.splat(-0.00138873095));
  c = madd(c, z, f32x4.splat(0.0416666456));
  const cosine = madd(f32x4.mul(c, z), z, madd(z, f32x4.splat(-0.5), f32x4.splat(1)));
  const one = i32x4.splat(1);
  const odd = i32x4.eq(v128.and(quadrant, one), one);
  const sign = i32x4.shl(v128.and(quadrant, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(cosine, sine, odd), sign);
}

/** One lane of a vector with a huge argument. */
function huge(x: f32, turn: i32): f32 {
  if (!isFinite(x)) return NaN;
  const value = quadrants(x);
  const quadrant = <i32>((value + (<i64>1 << 61)) >> 62);
  const r = <f32>(<f64>(value - (<i64>quadrant << 62)) * (1.5707963267948966 / 4611686018427387904.0));
  return f32x4.extract_lane(evaluate(f32x4.splat(r), i32x4.splat(quadrant + turn)), 0);
}

function hugeLanes(x: v128, y: v128, turn: i32): v128 {
  const limit: f32 = 134217728;
  const a = f32x4.extract_lane(x, 0), b = f32x4.extract_lane(x, 1);
  const c = f32x4.extract_lane(x, 2), d = f32x4.extract_lane(x, 3);
  if (!(abs(a) < limit)) y = f32x4.replace_lane(y, 0, huge(a, turn));
  if (!(abs(b) < limit)) y = f32x4.replace_lane(y, 1, huge(b, turn));
  if (!(abs(c) < limit)) y = f32x4.replace_lane(y, 2, huge(c, turn));
  if (!(abs(d) < limit)) y = f32x4.replace_lane(y, 3, huge(d, turn));
  return y;
}

/** sin(x + turn π/2). */
// @ts-ignore: decorator
@inline
function sineOfTurn(x: v128, turn: i32): v128 {
  const low = f64x2.promote_low_f32x4(x);
  const high = f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3));
  const n = nearestQuadrant(low), m = nearestQuadrant(high);
  const r = i64x2.shuffle(
    f32x4.demote_f64x2_zero(remainder(low, n)), f32x4.demote_f64x2_zero(remainder(high, m)), 0, 2,
  );
  const quadrant = i64x2.shuffle(
    i32x4.trunc_sat_f64x2_s_zero(n), i32x4.trunc_sat_f64x2_s_zero(m), 0, 2,
  );
  const y = evaluate(r, i32x4.add(quadrant, i32x4.splat(turn)));
  const within = f32x4.lt(f32x4.abs(x), f32x4.splat(134217728));
  return i32x4.all_true(within) ? y : hugeLanes(x, y, turn);
}

// @ts-ignore: decorator
@inline
export function sin(x: v128): v128 {
  // Near zero sin x = x; the sum of a −0 would lose its sign.
  return v128.bitselect(x, sineOfTurn(x, 0), f32x4.lt(f32x4.abs(x), f32x4.splat(1e-4)));
}

// @ts-ignore: decorator
@inline
export function cos(x: v128): v128 {
  return sineOfTurn(x, 1);
}
