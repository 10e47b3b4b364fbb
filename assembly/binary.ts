/** Elementwise functions of two operands over a tile: a class per row, as in unary.ts. */
import { divI, divU, powF, remF, remI, remU } from "./scalar";
import { BLOCK, Op } from "./opcodes";

// @ts-ignore: decorator
@inline
function boolean(mask: v128): v128 {
  return v128.and(mask, i32x4.splat(1));
}

class AddF { @inline lanes(a: v128, b: v128): v128 { return f32x4.add(a, b); } }
class SubF { @inline lanes(a: v128, b: v128): v128 { return f32x4.sub(a, b); } }
class MulF { @inline lanes(a: v128, b: v128): v128 { return f32x4.mul(a, b); } }
class DivF { @inline lanes(a: v128, b: v128): v128 { return f32x4.div(a, b); } }
class MaxF { @inline lanes(a: v128, b: v128): v128 { return f32x4.max(a, b); } }
class MinF { @inline lanes(a: v128, b: v128): v128 { return f32x4.min(a, b); } }
class EqF { @inline lanes(a: v128, b: v128): v128 { return boolean(f32x4.eq(a, b)); } }
class NeF { @inline lanes(a: v128, b: v128): v128 { return boolean(f32x4.ne(a, b)); } }
class LtF { @inline lanes(a: v128, b: v128): v128 { return boolean(f32x4.lt(a, b)); } }
class LeF { @inline lanes(a: v128, b: v128): v128 { return boolean(f32x4.le(a, b)); } }
class AddI { @inline lanes(a: v128, b: v128): v128 { return i32x4.add(a, b); } }
class SubI { @inline lanes(a: v128, b: v128): v128 { return i32x4.sub(a, b); } }
class MulI { @inline lanes(a: v128, b: v128): v128 { return i32x4.mul(a, b); } }
class MaxI { @inline lanes(a: v128, b: v128): v128 { return i32x4.max_s(a, b); } }
class MaxU { @inline lanes(a: v128, b: v128): v128 { return i32x4.max_u(a, b); } }
class MinI { @inline lanes(a: v128, b: v128): v128 { return i32x4.min_s(a, b); } }
class MinU { @inline lanes(a: v128, b: v128): v128 { return i32x4.min_u(a, b); } }
class EqI { @inline lanes(a: v128, b: v128): v128 { return boolean(i32x4.eq(a, b)); } }
class NeI { @inline lanes(a: v128, b: v128): v128 { return boolean(i32x4.ne(a, b)); } }
class LtI { @inline lanes(a: v128, b: v128): v128 { return boolean(i32x4.lt_s(a, b)); } }
class LtU { @inline lanes(a: v128, b: v128): v128 { return boolean(i32x4.lt_u(a, b)); } }
class LeI { @inline lanes(a: v128, b: v128): v128 { return boolean(i32x4.le_s(a, b)); } }
class LeU { @inline lanes(a: v128, b: v128): v128 { return boolean(i32x4.le_u(a, b)); } }
class And { @inline lanes(a: v128, b: v128): v128 { return v128.and(a, b); } }
class Or { @inline lanes(a: v128, b: v128): v128 { return v128.or(a, b); } }
class Xor { @inline lanes(a: v128, b: v128): v128 { return v128.xor(a, b); } }

class RemF { @inline one(a: f32, b: f32): f32 { return remF(a, b); } }
class PowF { @inline one(a: f32, b: f32): f32 { return powF(a, b); } }
class DivI { @inline one(a: i32, b: i32): i32 { return divI(a, b); } }
class RemI { @inline one(a: i32, b: i32): i32 { return remI(a, b); } }
class DivU { @inline one(a: u32, b: u32): u32 { return divU(a, b); } }
class RemU { @inline one(a: u32, b: u32): u32 { return remU(a, b); } }
class Shl { @inline one(a: i32, b: i32): i32 { return a << b; } }
class ShrI { @inline one(a: i32, b: i32): i32 { return a >> b; } }
class ShrU { @inline one(a: u32, b: u32): u32 { return a >> b; } }

function each<F>(to: usize, end: usize, a: usize, stepA: usize, b: usize, stepB: usize): void {
  const f = changetype<F>(0);
  for (; to < end; to += BLOCK, a += stepA, b += stepB) {
    v128.store(to, f.lanes(v128.load(a), v128.load(b)));
    v128.store(to, f.lanes(v128.load(a, 16), v128.load(b, 16)), 16);
    v128.store(to, f.lanes(v128.load(a, 32), v128.load(b, 32)), 32);
    v128.store(to, f.lanes(v128.load(a, 48), v128.load(b, 48)), 48);
  }
}

/** The same for rarer rows, not worth being there four times. */
function loop<F>(to: usize, end: usize, a: usize, stepA: usize, b: usize, stepB: usize): void {
  for (; to < end; to += BLOCK, a += stepA, b += stepB) {
    for (let i = 0; i < BLOCK; i += 16) {
      v128.store(to + i, changetype<F>(0).lanes(v128.load(a + i), v128.load(b + i)));
    }
  }
}

/** For rows without a vector form. */
function one<F, T>(to: usize, end: usize, a: usize, stepA: usize, b: usize, stepB: usize): void {
  for (; to < end; to += BLOCK, a += stepA, b += stepB) {
    for (let i = 0; i < BLOCK; i += 4) {
      store<T>(to + i, changetype<F>(0).one(load<T>(a + i), load<T>(b + i)));
    }
  }
}

/** x^y; the powers that users write most need no logarithm. */
function power(to: usize, end: usize, a: usize, stepA: usize, b: usize, stepB: usize): void {
  if (stepB == 0) {
    const y = load<f32>(b);
    if (y == 2) return each<MulF>(to, end, a, stepA, a, stepA);
    if (y == 1) return loop<Or>(to, end, a, stepA, a, stepA);
  }
  one<PowF, f32>(to, end, a, stepA, b, stepB);
}

/** Writes blocks from `to` up to `end`; the operands advance by their own steps. */
export function binary(op: i32, to: usize, end: usize, a: usize, sa: usize, b: usize, sb: usize): void {
  switch (op) {
    case Op.AddF: return each<AddF>(to, end, a, sa, b, sb);
    case Op.SubF: return each<SubF>(to, end, a, sa, b, sb);
    case Op.MulF: return each<MulF>(to, end, a, sa, b, sb);
    case Op.DivF: return each<DivF>(to, end, a, sa, b, sb);
    case Op.RemF: return one<RemF, f32>(to, end, a, sa, b, sb);
    case Op.PowF: return power(to, end, a, sa, b, sb);
    case Op.MaxF: return loop<MaxF>(to, end, a, sa, b, sb);
    case Op.MinF: return loop<MinF>(to, end, a, sa, b, sb);
    case Op.EqF: return loop<EqF>(to, end, a, sa, b, sb);
    case Op.NeF: return loop<NeF>(to, end, a, sa, b, sb);
    case Op.LtF: return loop<LtF>(to, end, a, sa, b, sb);
    case Op.LeF: return loop<LeF>(to, end, a, sa, b, sb);
    case Op.AddI: return loop<AddI>(to, end, a, sa, b, sb);
    case Op.SubI: return loop<SubI>(to, end, a, sa, b, sb);
    case Op.MulI: return loop<MulI>(to, end, a, sa, b, sb);
    case Op.DivI: return one<DivI, i32>(to, end, a, sa, b, sb);
    case Op.DivU: return one<DivU, u32>(to, end, a, sa, b, sb);
    case Op.RemI: return one<RemI, i32>(to, end, a, sa, b, sb);
    case Op.RemU: return one<RemU, u32>(to, end, a, sa, b, sb);
    case Op.MaxI: return loop<MaxI>(to, end, a, sa, b, sb);
    case Op.MaxU: return loop<MaxU>(to, end, a, sa, b, sb);
    case Op.MinI: return loop<MinI>(to, end, a, sa, b, sb);
    case Op.MinU: return loop<MinU>(to, end, a, sa, b, sb);
    case Op.EqI: return loop<EqI>(to, end, a, sa, b, sb);
    case Op.NeI: return loop<NeI>(to, end, a, sa, b, sb);
    case Op.LtI: return loop<LtI>(to, end, a, sa, b, sb);
    case Op.LtU: return loop<LtU>(to, end, a, sa, b, sb);
    case Op.LeI: return loop<LeI>(to, end, a, sa, b, sb);
    case Op.LeU: return loop<LeU>(to, end, a, sa, b, sb);
    case Op.And: return loop<And>(to, end, a, sa, b, sb);
    case Op.Or: return loop<Or>(to, end, a, sa, b, sb);
    case Op.Xor: return loop<Xor>(to, end, a, sa, b, sb);
    case Op.Shl: return one<Shl, i32>(to, end, a, sa, b, sb);
    case Op.ShrI: return one<ShrI, i32>(to, end, a, sa, b, sb);
    case Op.ShrU: return one<ShrU, u32>(to, end, a, sa, b, sb);
    default: unreachable();
  }
}
