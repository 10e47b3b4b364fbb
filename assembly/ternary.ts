/** Elementwise functions of three operands and more over a tile: a class per row, as in unary.ts. */
import { madd } from "./simd";
import { BLOCK, Op } from "./opcodes";

class Where {
  @inline lanes(condition: v128, a: v128, b: v128): v128 {
    return v128.bitselect(a, b, i32x4.ne(condition, i32x4.splat(0)));
  }
}
class MulAdd { @inline lanes(a: v128, b: v128, c: v128): v128 { return madd(a, b, c); } }
class MulSub { @inline lanes(a: v128, b: v128, c: v128): v128 { return madd(a, b, f32x4.neg(c)); } }
class NegMulAdd { @inline lanes(a: v128, b: v128, c: v128): v128 { return madd(f32x4.neg(a), b, c); } }

function eachOfThree<F>(
  to: usize, end: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize,
): void {
  const f = changetype<F>(0);
  for (; to < end; to += BLOCK, a += sa, b += sb, c += sc) {
    v128.store(to, f.lanes(v128.load(a), v128.load(b), v128.load(c)));
    v128.store(to, f.lanes(v128.load(a, 16), v128.load(b, 16), v128.load(c, 16)), 16);
    v128.store(to, f.lanes(v128.load(a, 32), v128.load(b, 32), v128.load(c, 32)), 32);
    v128.store(to, f.lanes(v128.load(a, 48), v128.load(b, 48), v128.load(c, 48)), 48);
  }
}

export function ternary(
  op: i32, to: usize, end: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize,
): void {
  switch (op) {
    case Op.Where: return eachOfThree<Where>(to, end, a, sa, b, sb, c, sc);
    case Op.MulAdd: return eachOfThree<MulAdd>(to, end, a, sa, b, sb, c, sc);
    case Op.MulSub: return eachOfThree<MulSub>(to, end, a, sa, b, sb, c, sc);
    case Op.NegMulAdd: return eachOfThree<NegMulAdd>(to, end, a, sa, b, sb, c, sc);
    default: unreachable();
  }
}

/** x where a < b, else y. */
export function whereLess(
  to: usize, end: usize, a: usize, sa: usize, b: usize, sb: usize, x: usize, sx: usize, y: usize, sy: usize,
): void {
  for (; to < end; to += BLOCK, a += sa, b += sb, x += sx, y += sy) {
    v128.store(to, v128.bitselect(v128.load(x), v128.load(y), less(a, b, 0)));
    v128.store(to, v128.bitselect(v128.load(x, 16), v128.load(y, 16), less(a, b, 16)), 16);
    v128.store(to, v128.bitselect(v128.load(x, 32), v128.load(y, 32), less(a, b, 32)), 32);
    v128.store(to, v128.bitselect(v128.load(x, 48), v128.load(y, 48), less(a, b, 48)), 48);
  }
}

// @ts-ignore: decorator
@inline
function less(a: usize, b: usize, i: usize): v128 {
  return f32x4.lt(v128.load(a + i), v128.load(b + i));
}

/**
 * min(max(a · b + c, low), high) with splats at `low` and `high`. The pseudo-minimum and -maximum are one instruction
 * each and keep a NaN in their first operand; what is added between them makes −0 of a maximum with +0 a +0 and
 * brings in a NaN of the bounds.
 */
export function clampedMadd(
  to: usize, end: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, low: usize, high: usize,
): void {
  const least = v128.load(low), most = v128.load(high);
  const isZero = i32x4.eq(least, i32x4.splat(0)), isBound = f32x4.eq(f32x4.max(least, most), f32x4.max(least, most));
  const zero = v128.bitselect(v128.andnot(f32x4.splat(-0.0), isZero), f32x4.splat(NaN), isBound);
  for (; to < end; to += BLOCK, a += sa, b += sb, c += sc) {
    v128.store(to, clamp(madd(v128.load(a), v128.load(b), v128.load(c)), least, zero, most));
    v128.store(to, clamp(madd(v128.load(a, 16), v128.load(b, 16), v128.load(c, 16)), least, zero, most), 16);
    v128.store(to, clamp(madd(v128.load(a, 32), v128.load(b, 32), v128.load(c, 32)), least, zero, most), 32);
    v128.store(to, clamp(madd(v128.load(a, 48), v128.load(b, 48), v128.load(c, 48)), least, zero, most), 48);
  }
}

// @ts-ignore: decorator
@inline
function clamp(x: v128, least: v128, zero: v128, most: v128): v128 {
  return f32x4.pmin(f32x4.add(f32x4.pmax(x, least), zero), most);
}
