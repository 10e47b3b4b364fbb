/**
 * Elementwise functions of one operand over a tile: a class per row, whose `lanes` computes four elements; erf takes a
 * block at a time.
 */
import { cos, sin } from "./trigonometry";
import { erf, exp, expm1, log, log1p, log2, tanh } from "./math";
import { BLOCK, Op } from "./opcodes";

// @ts-ignore: decorator
@inline
function boolean(mask: v128): v128 {
  return v128.and(mask, i32x4.splat(1));
}

// @ts-ignore: decorator
@inline
function one(): v128 {
  return f32x4.splat(1);
}

class Copy { @inline lanes(x: v128): v128 { return x; } }
class NegF { @inline lanes(x: v128): v128 { return f32x4.neg(x); } }
class AbsF { @inline lanes(x: v128): v128 { return f32x4.abs(x); } }
class Exp { @inline lanes(x: v128): v128 { return exp(x); } }
class Expm1 { @inline lanes(x: v128): v128 { return expm1(x); } }
class Log { @inline lanes(x: v128): v128 { return log(x); } }
class Log1p { @inline lanes(x: v128): v128 { return log1p(x); } }
class Log2 { @inline lanes(x: v128): v128 { return log2(x); } }
class Sqrt { @inline lanes(x: v128): v128 { return f32x4.sqrt(x); } }
class Rsqrt { @inline lanes(x: v128): v128 { return f32x4.div(one(), f32x4.sqrt(x)); } }
class Sin { @inline lanes(x: v128): v128 { return sin(x); } }
class Cos { @inline lanes(x: v128): v128 { return cos(x); } }
class Tanh { @inline lanes(x: v128): v128 { return tanh(x); } }
class Floor { @inline lanes(x: v128): v128 { return f32x4.floor(x); } }
class Ceil { @inline lanes(x: v128): v128 { return f32x4.ceil(x); } }
class Round { @inline lanes(x: v128): v128 { return f32x4.nearest(x); } }
/** ±1 with the sign of x; zeros and NaN stay. */
class SignF {
  @inline lanes(x: v128): v128 {
    const unit = v128.or(one(), v128.and(x, i32x4.splat(i32.MIN_VALUE)));
    return v128.bitselect(unit, x, f32x4.gt(f32x4.abs(x), f32x4.splat(0)));
  }
}
class IsNaN { @inline lanes(x: v128): v128 { return boolean(f32x4.ne(x, x)); } }
class NegI { @inline lanes(x: v128): v128 { return i32x4.neg(x); } }
class AbsI { @inline lanes(x: v128): v128 { return i32x4.abs(x); } }
class SignI {
  @inline lanes(x: v128): v128 {
    return i32x4.max_s(i32x4.min_s(x, i32x4.splat(1)), i32x4.splat(-1));
  }
}
class SignU { @inline lanes(x: v128): v128 { return i32x4.min_u(x, i32x4.splat(1)); } }
class Not { @inline lanes(x: v128): v128 { return v128.not(x); } }
class NotBool { @inline lanes(x: v128): v128 { return v128.xor(x, i32x4.splat(1)); } }
class FloatToInt { @inline lanes(x: v128): v128 { return i32x4.trunc_sat_f32x4_s(x); } }
class FloatToUint { @inline lanes(x: v128): v128 { return i32x4.trunc_sat_f32x4_u(x); } }
class FloatToBool { @inline lanes(x: v128): v128 { return boolean(f32x4.ne(x, f32x4.splat(0))); } }
class IntToFloat { @inline lanes(x: v128): v128 { return f32x4.convert_i32x4_s(x); } }
class UintToFloat { @inline lanes(x: v128): v128 { return f32x4.convert_i32x4_u(x); } }
class IntToBool { @inline lanes(x: v128): v128 { return boolean(i32x4.ne(x, i32x4.splat(0))); } }

function each<F>(to: usize, end: usize, a: usize, step: usize): void {
  const f = changetype<F>(0);
  for (; to < end; to += BLOCK, a += step) {
    v128.store(to, f.lanes(v128.load(a)));
    v128.store(to, f.lanes(v128.load(a, 16)), 16);
    v128.store(to, f.lanes(v128.load(a, 32)), 32);
    v128.store(to, f.lanes(v128.load(a, 48)), 48);
  }
}

/** The same for functions that are long, or rare, and not worth being there four times. */
function loop<F>(to: usize, end: usize, a: usize, step: usize): void {
  for (; to < end; to += BLOCK, a += step) {
    for (let i = 0; i < BLOCK; i += 16) {
      v128.store(to + i, changetype<F>(0).lanes(v128.load(a + i)));
    }
  }
}

/** Writes blocks from `to` up to `end`; the operand advances by its own step. */
export function unary(op: i32, to: usize, end: usize, a: usize, step: usize): void {
  switch (op) {
    case Op.Copy: return each<Copy>(to, end, a, step);
    case Op.NegF: return each<NegF>(to, end, a, step);
    case Op.AbsF: return each<AbsF>(to, end, a, step);
    case Op.Exp: return loop<Exp>(to, end, a, step);
    case Op.Expm1: return loop<Expm1>(to, end, a, step);
    case Op.Log: return loop<Log>(to, end, a, step);
    case Op.Log1p: return loop<Log1p>(to, end, a, step);
    case Op.Sqrt: return each<Sqrt>(to, end, a, step);
    case Op.Rsqrt: return loop<Rsqrt>(to, end, a, step);
    case Op.Tanh: return loop<Tanh>(to, end, a, step);
    case Op.Erf: {
      for (; to < end; to += BLOCK, a += step) erf(to, a);
      return;
    }
    case Op.Floor: return loop<Floor>(to, end, a, step);
    case Op.Ceil: return loop<Ceil>(to, end, a, step);
    case Op.Round: return loop<Round>(to, end, a, step);
    case Op.SignF: return loop<SignF>(to, end, a, step);
    case Op.IsNaN: return loop<IsNaN>(to, end, a, step);
    case Op.NegI: return loop<NegI>(to, end, a, step);
    case Op.AbsI: return loop<AbsI>(to, end, a, step);
    case Op.SignI: return loop<SignI>(to, end, a, step);
    case Op.SignU: return loop<SignU>(to, end, a, step);
    case Op.Not: return loop<Not>(to, end, a, step);
    case Op.NotBool: return loop<NotBool>(to, end, a, step);
    case Op.FloatToInt: return loop<FloatToInt>(to, end, a, step);
    case Op.FloatToUint: return loop<FloatToUint>(to, end, a, step);
    case Op.FloatToBool: return loop<FloatToBool>(to, end, a, step);
    case Op.IntToFloat: return loop<IntToFloat>(to, end, a, step);
    case Op.UintToFloat: return loop<UintToFloat>(to, end, a, step);
    case Op.IntToBool: return loop<IntToBool>(to, end, a, step);
    default:
      // A constant of the build (asconfig.json): the core binary stops here.
      // @ts-ignore: constant
      if (!FULL) unreachable();
      else if (op == Op.Sin) loop<Sin>(to, end, a, step);
      else if (op == Op.Cos) loop<Cos>(to, end, a, step);
      else loop<Log2>(to, end, a, step);
  }
}
