/** Elementwise functions that have no vector form: powers, float remainder, integer division. One element each. */

/** log₂ x in float64 to 1e-11, for positive finite x. */
function log2(x: f64): f64 {
  if (x == 0) return -Infinity;
  if (x == Infinity) return x;
  const shifted = reinterpret<i64>(x) - 0x3fe6a09e667f3bcd;
  const exponent = shifted >> 52;
  const m = reinterpret<f64>((shifted & 0xfffffffffffff) + 0x3fe6a09e667f3bcd);
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let p: f64 = 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  p = p * z + 1;
  return <f64>exponent + 2.8853900817779268 * s * p;
}

/** 2^x in float64 to 1e-11; beyond the range of float32 anything beyond it. */
function exp2(x: f64): f64 {
  x = max(min(x, 200), -200);
  const n = nearest(x);
  const r = (x - n) * 0.6931471805599453;
  let p: f64 = 1.0 / 362880;
  p = p * r + 1.0 / 40320;
  p = p * r + 1.0 / 5040;
  p = p * r + 1.0 / 720;
  p = p * r + 1.0 / 120;
  p = p * r + 1.0 / 24;
  p = p * r + 1.0 / 6;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  return p * reinterpret<f64>((<i64>n + 1023) << 52);
}

/** x^y with the special cases of C's pow. */
export function powF(x: f32, y: f32): f32 {
  if (y == 0 || x == 1) return 1;
  if (x != x || y != y) return NaN;
  const integer = trunc(y) == y;
  const odd = integer && abs(y) < 16777216 && (<i32>y & 1) != 0;
  const negative = reinterpret<i32>(x) < 0;
  if (x < 0 && !integer && x > -Infinity) return NaN;
  const magnitude: f32 = abs(x) == 1 ? <f32>1 : <f32>exp2(<f64>y * log2(<f64>abs(x)));
  return negative && odd ? -magnitude : magnitude;
}

export function remF(x: f32, y: f32): f32 {
  return x % y;
}

/** Division and remainder by zero give 0; −2³¹ / −1 wraps. */
export function divI(x: i32, y: i32): i32 {
  return y == 0 ? 0 : y == -1 ? 0 - x : x / y;
}

export function remI(x: i32, y: i32): i32 {
  return y == 0 || y == -1 ? 0 : x % y;
}

export function divU(x: u32, y: u32): u32 {
  return y == 0 ? 0 : x / y;
}

export function remU(x: u32, y: u32): u32 {
  return y == 0 ? 0 : x % y;
}
