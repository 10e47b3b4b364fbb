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

class WhereLess {
  @inline lanes(a: v128, b: v128, x: v128, y: v128): v128 { return v128.bitselect(x, y, f32x4.lt(a, b)); }
}
class ProductSum {
  @inline lanes(a: v128, b: v128, c: v128, d: v128): v128 { return madd(a, b, f32x4.mul(c, d)); }
}

function eachOfFour<F>(
  to: usize, end: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, d: usize, sd: usize,
): void {
  const f = changetype<F>(0);
  for (; to < end; to += BLOCK, a += sa, b += sb, c += sc, d += sd) {
    v128.store(to, f.lanes(v128.load(a), v128.load(b), v128.load(c), v128.load(d)));
    v128.store(to, f.lanes(v128.load(a, 16), v128.load(b, 16), v128.load(c, 16), v128.load(d, 16)), 16);
    v128.store(to, f.lanes(v128.load(a, 32), v128.load(b, 32), v128.load(c, 32), v128.load(d, 32)), 32);
    v128.store(to, f.lanes(v128.load(a, 48), v128.load(b, 48), v128.load(c, 48), v128.load(d, 48)), 48);
  }
}

export function quaternary(
  op: i32, to: usize, end: usize,
  a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, d: usize, sd: usize,
): void {
  if (op == Op.WhereLess) eachOfFour<WhereLess>(to, end, a, sa, b, sb, c, sc, d, sd);
  else eachOfFour<ProductSum>(to, end, a, sa, b, sb, c, sc, d, sd);
}

/**
 * The pseudo-minimum and -maximum are one instruction each and keep a NaN in their first operand; what is added
 * between them makes −0 of a maximum with +0 a +0 and brings in a NaN of the bounds.
 */
class MulAddClamp {
  @inline addend(low: v128, high: v128): v128 {
    const zero = v128.andnot(f32x4.splat(-0.0), i32x4.eq(low, i32x4.splat(0)));
    const bounds = f32x4.max(low, high);
    return v128.bitselect(zero, bounds, f32x4.eq(bounds, bounds));
  }
  @inline lanes(a: v128, b: v128, c: v128, low: v128, high: v128, addend: v128): v128 {
    return f32x4.pmin(f32x4.add(f32x4.pmax(madd(a, b, c), low), addend), high);
  }
}
class RootStep {
  @inline addend(rate: v128, offset: v128): v128 { return offset; }
  @inline lanes(a: v128, b: v128, c: v128, rate: v128, offset: v128, addend: v128): v128 {
    return f32x4.sub(a, f32x4.div(f32x4.mul(b, rate), f32x4.add(f32x4.sqrt(c), offset)));
  }
}

function eachWithSplats<F>(
  to: usize, end: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, s: v128, t: v128,
): void {
  const f = changetype<F>(0), u = f.addend(s, t);
  for (; to < end; to += BLOCK, a += sa, b += sb, c += sc) {
    v128.store(to, f.lanes(v128.load(a), v128.load(b), v128.load(c), s, t, u));
    v128.store(to, f.lanes(v128.load(a, 16), v128.load(b, 16), v128.load(c, 16), s, t, u), 16);
    v128.store(to, f.lanes(v128.load(a, 32), v128.load(b, 32), v128.load(c, 32), s, t, u), 32);
    v128.store(to, f.lanes(v128.load(a, 48), v128.load(b, 48), v128.load(c, 48), s, t, u), 48);
  }
}

/** Three operands, and splats at `s` and `t`. */
export function ternaryWithSplats(
  op: i32, to: usize, end: usize, a: usize, sa: usize, b: usize, sb: usize, c: usize, sc: usize, s: usize, t: usize,
): void {
  const first = v128.load(s), second = v128.load(t);
  if (op == Op.MulAddClamp) eachWithSplats<MulAddClamp>(to, end, a, sa, b, sb, c, sc, first, second);
  else eachWithSplats<RootStep>(to, end, a, sa, b, sb, c, sc, first, second);
}
