/**
 * Every elementwise op by its name, for types, the reference and tests. Programs import the rows that they use, and no
 * page imports this object.
 */
import { abs, add, div, max, min, mul, neg, rem, sign, sub } from "./arithmetic.ts";
import { and, not, or, shl, shr, xor } from "./bitwise.ts";
import { eq, ge, gt, isNan, le, lt, ne } from "./comparison.ts";
import { exp, expm1, log, log1p, pow, rsqrt, sqrt } from "./exponential.ts";
import { ceil, floor, round } from "./rounding.ts";
import type { Accepts, Row } from "./row.ts";
import { bitcast, type CastAttrs, cast, where } from "./select.ts";
import { cos, erf, sin, tanh } from "./trigonometric.ts";

type AnyRow = Row<string, number, Accepts, null> | Row<string, number, Accepts, CastAttrs>;

export const ELEMENTWISE = {
  neg,
  abs,
  exp,
  expm1,
  log,
  log1p,
  sqrt,
  rsqrt,
  sin,
  cos,
  tanh,
  erf,
  floor,
  ceil,
  round,
  sign,
  isNaN: isNan,
  not,
  add,
  sub,
  mul,
  div,
  rem,
  pow,
  max,
  min,
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  and,
  or,
  xor,
  shl,
  shr,
  where,
  cast,
  bitcast,
} satisfies Record<string, AnyRow>;
