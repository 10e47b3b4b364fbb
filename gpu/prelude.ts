/**
 * WGSL helper functions that a kernel's scalar program may call. WGSL has no generics, so each is written once for
 * scalars and vec4: F, I, U and B stand for the float, signed, unsigned and bool type of the width at hand, and
 * the suffix _N is the width, 1 or 4. All are branch-free.
 *
 * WGSL promises little about NaN, infinities and the accuracy of its transcendentals (an adapter's `tanh(100)` may be
 * NaN, its `log` is only absolutely accurate near 1), so these are built from additions, multiplications and bits
 * and agree on every adapter to a few units in the last place. Limits: sin and cos up to about 1e5,
 * rem up to quotients of 2^24. Coefficients are Taylor's; erf beyond 1 is Abramowitz and Stegun 7.1.26 (1.5e-7).
 */
import { invariant } from "../src/base/errors.ts";

const HELPERS = {
  /** Hides a constant from the compiler, which rejects NaN and infinities that it can see. */
  bits_N: `fn bits_N(word: u32) -> F { return F(bitcast<f32>(word)); }`,

  isnan_N: `fn isnan_N(x: F) -> B { return (bitcast<U>(x) & U(0x7fffffffu)) > U(0x7f800000u); }`,

  max_N: `fn max_N(a: F, b: F) -> F { return select(max(a, b), a + b, isnan_N(a) | isnan_N(b)); }`,
  min_N: `fn min_N(a: F, b: F) -> F { return select(min(a, b), a + b, isnan_N(a) | isnan_N(b)); }`,
  sign_N: `fn sign_N(x: F) -> F { return select(sign(x), x, isnan_N(x)); }`,

  /** x · 2^n for |n| ≤ 252, in two steps so that neither factor leaves the range of a float. */
  scale_N: `
fn scale_N(x: F, n: I) -> F {
  let half = n >> U(1u);
  return x * bitcast<F>((half + I(127)) << U(23u)) * bitcast<F>((n - half + I(127)) << U(23u));
}`,

  /** exp(r) − 1 for |r| ≤ 0.36. */
  expm1core_N: `
fn expm1core_N(r: F) -> F {
  var p = fma(r, F(1.984127e-4), F(1.3888889e-3));
  p = fma(r, p, F(8.333333e-3));
  p = fma(r, p, F(4.1666668e-2));
  p = fma(r, p, F(0.16666667));
  p = fma(r, p, F(0.5));
  return fma(r * r, p, r);
}`,

  exp_N: `
fn exp_N(x: F) -> F {
  let bounded = clamp(x, F(-104.0), F(89.0));
  let n = round(bounded * F(1.442695));
  let r = fma(n, F(-1.4286068e-6), fma(n, F(-0.69314575), bounded));
  return select(scale_N(F(1.0) + expm1core_N(r), I(n)), x, isnan_N(x));
}`,

  expm1_N: `
fn expm1_N(x: F) -> F { return select(exp_N(x) - F(1.0), expm1core_N(x), abs(x) < F(0.35)); }`,

  /** log(1 + f) for 1 + f in [√½, √2]: f − s (f − R), where s = f / (2 + f) and 2 atanh(s) = 2s + s R. */
  log1pcore_N: `
fn log1pcore_N(f: F) -> F {
  let s = f / (f + F(2.0));
  let z = s * s;
  var p = fma(z, F(0.18181819), F(0.22222222));
  p = fma(z, p, F(0.2857143));
  p = fma(z, p, F(0.4));
  p = fma(z, p, F(0.6666667));
  return f - s * (f - z * p);
}`,

  /** The exponent e of a positive x = 2^e · (1 + f) with 1 + f in [√½, √2]; subnormals are scaled first. */
  exponent_N: `
fn exponent_N(x: F) -> I {
  let small = x < F(1.1754944e-38);
  let word = bitcast<I>(select(x, x * F(8388608.0), small));
  return ((word - I(0x3f3504f3)) >> U(23u)) - select(I(0), I(23), small);
}`,

  mantissa_N: `
fn mantissa_N(x: F) -> F {
  let word = bitcast<I>(select(x, x * F(8388608.0), x < F(1.1754944e-38)));
  return bitcast<F>(word - (((word - I(0x3f3504f3)) >> U(23u)) << U(23u)));
}`,

  log_N: `
fn log_N(x: F) -> F {
  let e = F(exponent_N(x));
  let r = fma(e, F(0.69314575), log1pcore_N(mantissa_N(x) - F(1.0)) + e * F(1.4286068e-6));
  let infinity = bits_N(0x7f800000u);
  let special = select(select(x, bits_N(0x7fc00000u), x < F(0.0)), -infinity, x == F(0.0));
  return select(r, special, !(x > F(0.0)) | (x == infinity));
}`,

  log1p_N: `
fn log1p_N(x: F) -> F {
  return select(log_N(F(1.0) + x), log1pcore_N(x), (x > F(-0.29)) & (x < F(0.41)));
}`,

  tanh_N: `
fn tanh_N(x: F) -> F {
  let t = expm1_N(F(2.0) * min(abs(x), F(10.0)));
  let r = t / (t + F(2.0));
  return select(select(r, -r, x < F(0.0)), x, isnan_N(x));
}`,

  /** sin(x + quarter · π / 2). */
  wave_N: `
fn wave_N(x: F, quarter: i32) -> F {
  let n = round(x * F(0.63661975));
  let r = fma(n, F(-7.54979e-8), fma(n, F(-4.837513e-4), fma(n, F(-1.5703125), x)));
  let q = I(n) + I(quarter);
  let z = r * r;
  var s = fma(z, F(2.7557319e-6), F(-1.984127e-4));
  s = fma(z, s, F(8.333333e-3));
  s = fma(z, s, F(-0.16666667));
  s = fma(r * z, s, r);
  var c = fma(z, F(-2.755732e-7), F(2.4801588e-5));
  c = fma(z, c, F(-1.3888889e-3));
  c = fma(z, c, F(4.1666668e-2));
  c = fma(z, c, F(-0.5));
  c = fma(z, c, F(1.0));
  let v = select(s, c, (q & I(1)) == I(1));
  return select(v, -v, (q & I(2)) == I(2));
}`,
  sin_N: `fn sin_N(x: F) -> F { return select(wave_N(x, 0), bits_N(0x7fc00000u), !(abs(x) < bits_N(0x7f800000u))); }`,
  cos_N: `fn cos_N(x: F) -> F { return select(wave_N(x, 1), bits_N(0x7fc00000u), !(abs(x) < bits_N(0x7f800000u))); }`,

  erf_N: `
fn erf_N(x: F) -> F {
  let a = min(abs(x), F(10.0));
  let z = min(a * a, F(1.0));
  var near = fma(z, F(1.4807192e-8), F(-1.6365845e-7));
  near = fma(z, near, F(1.6462114e-6));
  near = fma(z, near, F(-1.4925650e-5));
  near = fma(z, near, F(1.2055333e-4));
  near = fma(z, near, F(-8.5483270e-4));
  near = fma(z, near, F(5.2239776e-3));
  near = fma(z, near, F(-2.6866170e-2));
  near = fma(z, near, F(0.11283792));
  near = fma(z, near, F(-0.37612639));
  near = fma(z, near, F(1.1283792));
  let t = F(1.0) / fma(a, F(0.3275911), F(1.0));
  var far = fma(t, F(1.061405429), F(-1.453152027));
  far = fma(t, far, F(1.421413741));
  far = fma(t, far, F(-0.284496736));
  far = fma(t, far, F(0.254829592)) * t;
  let r = select(F(1.0) - far * exp_N(-a * a), a * near, a < F(1.0));
  return select(select(r, -r, x < F(0.0)), x, isnan_N(x));
}`,

  /** As in C. |x|^y = 2^(y e + y l) with the exponent e of x kept apart, so that large powers stay accurate. */
  pow_N: `
fn pow_N(x: F, y: F) -> F {
  let infinity = bits_N(0x7f800000u);
  let a = abs(x);
  let e = F(exponent_N(a));
  let l = log1pcore_N(mantissa_N(a) - F(1.0)) * F(1.442695);
  let t = clamp(y * (e + l), F(-250.0), F(250.0));
  let n = round(t);
  let rest = clamp(fma(y, e, -n) + y * l, F(-0.5), F(0.5));
  var r = scale_N(F(1.0) + expm1core_N(rest * F(0.6931472)), I(n));
  r = select(r, select(infinity, F(0.0), (y > F(0.0)) == (a < F(1.0))), (a == F(0.0)) | (a == infinity));
  let whole = floor(y) == y;
  let odd = whole & (y - F(2.0) * floor(y * F(0.5)) == F(1.0));
  let negative = (bitcast<U>(x) >> U(31u)) == U(1u);
  r = select(r, -r, negative & odd);
  r = select(r, bits_N(0x7fc00000u), negative & !whole & (a > F(0.0)) & (a < infinity));
  r = select(r, F(1.0), (a == F(1.0)) & (!negative | (abs(y) == infinity)));
  r = select(r, x + y, isnan_N(x) | isnan_N(y));
  return select(r, F(1.0), (y == F(0.0)) | (x == F(1.0)));
}`,

  /** The leading 12 bits, so that a product of two is exact: `fma` may round twice. */
  high_N: `fn high_N(x: F) -> F { return bitcast<F>(bitcast<U>(x) & U(0xfffff000u)); }`,

  /** The remainder of truncated division; the corrections undo a quotient that rounded across an integer. */
  rem_N: `
fn rem_N(x: F, y: F) -> F {
  let q = trunc(x / y);
  let step = select(abs(y), -abs(y), x < F(0.0));
  let y1 = high_N(y);
  let q1 = high_N(q);
  var r = x - q1 * y1 - q1 * (y - y1) - (q - q1) * y1 - (q - q1) * (y - y1);
  r = select(r, r + step, ((r < F(0.0)) != (x < F(0.0))) & (r != F(0.0)));
  r = select(r, r - step, abs(r) >= abs(y));
  let infinity = bits_N(0x7f800000u);
  return select(r, x, (abs(y) == infinity) & (abs(x) < infinity));
}`,

  divi_N: `
fn divi_N(x: I, y: I) -> I { return select(x / select(y, I(1), y == I(0)), I(0), y == I(0)); }`,
  divu_N: `
fn divu_N(x: U, y: U) -> U { return select(x / max(y, U(1u)), U(0u), y == U(0u)); }`,
  remi_N: `
fn remi_N(x: I, y: I) -> I {
  return select(x % select(y, I(1), (y == I(0)) | (y == I(-1))), I(0), (y == I(0)) | (y == I(-1)));
}`,
  remu_N: `
fn remu_N(x: U, y: U) -> U { return select(x % max(y, U(1u)), U(0u), y == U(0u)); }`,

  /** Float to integer saturates; NaN gives 0. */
  toint_N: `
fn toint_N(x: F) -> I {
  let r = I(clamp(x, F(-2147483648.0), F(2147483520.0)));
  return select(select(r, I(2147483647), x >= F(2147483648.0)), I(0), isnan_N(x));
}`,
  touint_N: `
fn touint_N(x: F) -> U {
  let r = U(clamp(x, F(0.0), F(4294967040.0)));
  return select(select(r, U(4294967295u), x >= F(4294967296.0)), U(0u), isnan_N(x));
}`,

  /** A word that sorts as the float does; equal for −0 and 0, largest for NaN. */
  order_N: `
fn order_N(x: F) -> U {
  let word = bitcast<U>(x);
  let key = select(word | U(0x80000000u), ~word, (word >> U(31u)) == U(1u));
  return select(select(key, U(0xffffffffu), isnan_N(x)), U(0x80000000u), (word << U(1u)) == U(0u));
}`,

  /** High word of a product, by halves: WGSL has no 64-bit integers. */
  mulhigh: `
fn mulhigh(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let cross = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (cross >> 16u);
}`,

  /** Philox 4×32-10 (Salmon et al. 2011) of the counter (block, 0, counter, 0). */
  philox: `
fn philox(block: u32, key0: u32, key1: u32, counter: u32) -> vec4<u32> {
  var x = vec4<u32>(block, 0u, counter, 0u);
  var key = vec2<u32>(key0, key1);
  for (var round = 0u; round < 10u; round++) {
    x = vec4<u32>(
      mulhigh(0xcd9e8d57u, x.z) ^ x.y ^ key.x, x.z * 0xcd9e8d57u,
      mulhigh(0xd2511f53u, x.x) ^ x.w ^ key.y, x.x * 0xd2511f53u,
    );
    key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return x;
}`,
} satisfies Record<string, string>;

export type Helper = keyof typeof HELPERS;
export type Width = 1 | 4;

const isHelper = (name: string): name is Helper => Object.hasOwn(HELPERS, name);

/** Every helper that a text calls. */
export function helpersIn(text: string): readonly Helper[] {
  return (text.match(/\b\w+_N\b|\bmulhigh\b/g) ?? []).map((name) => {
    invariant(isHelper(name), `no WGSL helper ${name}`);
    return name;
  });
}

const written = new Map<string, ReadonlyMap<string, string>>();

/** The text of `helper` at `width` and of all that it calls, by function name, callees first. */
export function helperText(helper: Helper, width: Width): ReadonlyMap<string, string> {
  const name = atWidth(helper, width);
  const known = written.get(name);
  if (known) return known;
  const template = HELPERS[helper];
  const result = new Map<string, string>();
  for (const callee of helpersIn(template)) {
    if (callee !== helper) for (const [key, text] of helperText(callee, width)) result.set(key, text);
  }
  result.set(name, atWidth(template.trim(), width));
  written.set(name, result);
  return result;
}

/** A text at a width: the names of its helpers and types. */
export function atWidth(template: string, width: Width): string {
  const types = width === 4 ? VECTORS : SCALARS;
  return template.replace(/_N\b/g, String(width)).replace(/\b[FIUB]\b/g, (t) => types[t]);
}

const SCALARS: Record<string, string> = { F: "f32", I: "i32", U: "u32", B: "bool" };
const VECTORS: Record<string, string> = { F: "vec4<f32>", I: "vec4<i32>", U: "vec4<u32>", B: "vec4<bool>" };
