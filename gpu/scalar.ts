/** WGSL forms of the elementwise names: one expression per name and dtype, at the width of the thread. */
import type { DType } from "../src/base/dtype.ts";
import { fail } from "../src/base/errors.ts";
import type { Width } from "./prelude.ts";

/** Declares a helper of `prelude.ts` and returns its name at the width. */
export type Need = (helper: string, width: Width) => string;

const TYPE: Record<DType, string> = { float32: "f32", int32: "i32", uint32: "u32", bool: "bool" };
/** Bools lie in memory as words. */
const STORED: Record<DType, string> = { ...TYPE, bool: "u32" };

export const wgslType = (dtype: DType, width: Width): string => wide(TYPE[dtype], width);
export const storedType = (dtype: DType, width: Width): string => wide(STORED[dtype], width);
const wide = (type: string, width: Width): string => (width === 4 ? `vec4<${type}>` : type);

export const fromStored = (dtype: DType, width: Width, text: string): string =>
  dtype === "bool" ? `(${text} != ${wide("u32", width)}(0u))` : text;
export const toStored = (dtype: DType, width: Width, text: string): string =>
  dtype === "bool" ? `${wide("u32", width)}(${text})` : text;

const word = new DataView(new ArrayBuffer(4));

/** `value` as an expression of the dtype; special floats go through their bits. */
export function literal(dtype: DType, value: number, width: Width, need: Need): string {
  if (dtype === "float32") {
    word.setFloat32(0, value);
    const rounded = word.getFloat32(0);
    if (!Number.isFinite(rounded) || Object.is(rounded, -0)) {
      return `${need("bits_N", width)}(0x${word.getUint32(0).toString(16)}u)`;
    }
    return `${wgslType(dtype, width)}(${rounded})`;
  }
  if (dtype === "bool") return `${wgslType(dtype, width)}(${value !== 0})`;
  return `${wgslType(dtype, width)}(${dtype === "int32" ? `${value | 0}` : `${value >>> 0}u`})`;
}

type Form = string | ((args: readonly string[], width: Width) => string);

/** `$0 $1 $2` are the arguments, `name_N(` a helper, any other text WGSL. */
const FLOAT: Record<string, Form> = {
  neg: "(-$0)",
  abs: "abs($0)",
  exp: "exp_N($0)",
  expm1: "expm1_N($0)",
  log: "log_N($0)",
  log1p: "log1p_N($0)",
  sqrt: "sqrt($0)",
  rsqrt: "inverseSqrt($0)",
  sin: "sin_N($0)",
  cos: "cos_N($0)",
  tanh: "tanh_N($0)",
  erf: "erf_N($0)",
  floor: "floor($0)",
  ceil: "ceil($0)",
  round: "round($0)",
  sign: "sign_N($0)",
  isNaN: "isnan_N($0)",
  add: "($0 + $1)",
  sub: "($0 - $1)",
  mul: "($0 * $1)",
  div: "($0 / $1)",
  rem: "rem_N($0, $1)",
  pow: "pow_N($0, $1)",
  max: "max_N($0, $1)",
  min: "min_N($0, $1)",
  eq: "($0 == $1)",
  // An ordered "not equal" would be false for NaN.
  ne: "(!($0 == $1))",
  lt: "($0 < $1)",
  le: "($0 <= $1)",
  gt: "($0 > $1)",
  ge: "($0 >= $1)",
};

const INTEGER: Record<string, Form> = {
  floor: "$0",
  ceil: "$0",
  round: "$0",
  isNaN: (_, width) => `${wide("bool", width)}(false)`,
  add: "($0 + $1)",
  sub: "($0 - $1)",
  mul: "($0 * $1)",
  max: "max($0, $1)",
  min: "min($0, $1)",
  eq: "($0 == $1)",
  ne: "($0 != $1)",
  lt: "($0 < $1)",
  le: "($0 <= $1)",
  gt: "($0 > $1)",
  ge: "($0 >= $1)",
  not: "(~$0)",
  and: "($0 & $1)",
  or: "($0 | $1)",
  xor: "($0 ^ $1)",
  shl: ([a, b], width) => `(${a} << (${wide("u32", width)}(${b}) & ${wide("u32", width)}(31u)))`,
  shr: ([a, b], width) => `(${a} >> (${wide("u32", width)}(${b}) & ${wide("u32", width)}(31u)))`,
};

const FORMS: Record<DType, Record<string, Form>> = {
  float32: FLOAT,
  int32: {
    ...INTEGER,
    neg: "(-$0)",
    abs: "abs($0)",
    sign: "sign($0)",
    div: "divi_N($0, $1)",
    rem: "remi_N($0, $1)",
  },
  uint32: {
    ...INTEGER,
    neg: ([a], width) => `(${wide("u32", width)}(0u) - ${a})`,
    abs: "$0",
    sign: ([a], width) => `min(${a}, ${wide("u32", width)}(1u))`,
    div: "divu_N($0, $1)",
    rem: "remu_N($0, $1)",
  },
  /** Arithmetic on {0, 1}, with saturating sums. */
  bool: {
    not: "(!$0)",
    and: "($0 & $1)",
    or: "($0 | $1)",
    xor: "($0 != $1)",
    eq: "($0 == $1)",
    ne: "($0 != $1)",
    lt: "((!$0) & $1)",
    le: "((!$0) | $1)",
    gt: "($0 & (!$1))",
    ge: "($0 | (!$1))",
    add: "($0 | $1)",
    mul: "($0 & $1)",
    max: "($0 | $1)",
    min: "($0 & $1)",
    isNaN: (_, width) => `${wide("bool", width)}(false)`,
  },
};

/** The expression of row `name` over arguments of dtype `from`, giving dtype `to`. */
export function scalarOp(
  name: string,
  args: readonly string[],
  from: DType,
  to: DType,
  width: Width,
  need: Need,
): string {
  if (name === "where") return `select(${args[2]}, ${args[1]}, ${args[0]})`;
  if (name === "cast") return cast(args[0], from, to, width, need);
  if (name === "bitcast") return bitcast(args[0], from, to, width);
  const form = FORMS[from][name] ?? fail(name, `WebGPU has no ${name} of ${from}`);
  if (typeof form !== "string") return form(args, width);
  return form
    .replace(/\w+_N/, (helper) => need(helper, width))
    .replace(/\$(\d)/g, (_, i: string) => args[Number(i)]);
}

function cast(x: string, from: DType, to: DType, width: Width, need: Need): string {
  if (from === to) return x;
  const type = wgslType(to, width);
  if (to === "bool") return `(!(${x} == ${wgslType(from, width)}(0)))`;
  if (from !== "float32") return `${type}(${x})`;
  return `${need(to === "int32" ? "toint_N" : "touint_N", width)}(${x})`;
}

function bitcast(x: string, from: DType, to: DType, width: Width): string {
  if (from === to) return x;
  return fromStored(to, width, `bitcast<${storedType(to, width)}>(${toStored(from, width, x)})`);
}
