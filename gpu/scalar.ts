/** WGSL forms of the elementwise table: one expression per row and dtype, at the width of the invocation. */
import type { DType } from "../src/base/dtype.ts";
import { fail } from "../src/base/errors.ts";
import type { ElementwiseName, PerDType } from "../src/ops/elementwise/names.ts";
import { atWidth, type Helper, helpersIn, type Width } from "./prelude.ts";

/** Declares a helper of `prelude.ts` and returns its name at the width. */
export type Need = (helper: Helper, width: Width) => string;

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

/** WGSL over the arguments `$0 $1 $2`, with the types and helpers of `prelude.ts` (F, I, U, B; `name_N`). */
type Form = string;

const numbers = (form: Form) => ({ float32: form, int32: form, uint32: form });
const words = (form: Form) => ({ int32: form, uint32: form, bool: form });

/** Rows whose form follows from the dtype of the operands; a row that is missing does not compile. */
const FORMS: { readonly [N in Exclude<ElementwiseName, "cast" | "bitcast">]: PerDType<N, Form> } = {
  neg: { float32: "(-$0)", int32: "(-$0)", uint32: "(U(0u) - $0)" },
  abs: { float32: "abs($0)", int32: "abs($0)", uint32: "$0" },
  exp: { float32: "exp_N($0)" },
  expm1: { float32: "expm1_N($0)" },
  log: { float32: "log_N($0)" },
  log1p: { float32: "log1p_N($0)" },
  log2: {
    float32:
      "select(log_N($0), fma(log1pcore_N(mantissa_N($0) - F(1.0)), F(1.442695), F(exponent_N($0))), " +
      "($0 > F(0.0)) & ($0 < bits_N(0x7f800000u)))",
  },
  sqrt: { float32: "sqrt($0)" },
  rsqrt: { float32: "inverseSqrt($0)" },
  sin: { float32: "sin_N($0)" },
  cos: { float32: "cos_N($0)" },
  tanh: { float32: "tanh_N($0)" },
  erf: { float32: "erf_N($0)" },
  floor: { float32: "floor($0)" },
  ceil: { float32: "ceil($0)" },
  round: { float32: "round($0)" },
  sign: { float32: "sign_N($0)", int32: "sign($0)", uint32: "min($0, U(1u))" },
  isNaN: { float32: "isnan_N($0)" },
  // Bools are {0, 1}, with saturating sums.
  add: { ...numbers("($0 + $1)"), bool: "($0 | $1)" },
  sub: numbers("($0 - $1)"),
  mul: { ...numbers("($0 * $1)"), bool: "($0 & $1)" },
  div: { float32: "($0 / $1)", int32: "divi_N($0, $1)", uint32: "divu_N($0, $1)" },
  rem: { float32: "rem_N($0, $1)", int32: "remi_N($0, $1)", uint32: "remu_N($0, $1)" },
  pow: { float32: "pow_N($0, $1)" },
  max: { float32: "max_N($0, $1)", int32: "max($0, $1)", uint32: "max($0, $1)", bool: "($0 | $1)" },
  min: { float32: "min_N($0, $1)", int32: "min($0, $1)", uint32: "min($0, $1)", bool: "($0 & $1)" },
  eq: { ...numbers("($0 == $1)"), bool: "($0 == $1)" },
  // An ordered "not equal" would be false for NaN.
  ne: { ...words("($0 != $1)"), float32: "(!($0 == $1))" },
  lt: { ...numbers("($0 < $1)"), bool: "((!$0) & $1)" },
  le: { ...numbers("($0 <= $1)"), bool: "((!$0) | $1)" },
  gt: { ...numbers("($0 > $1)"), bool: "($0 & (!$1))" },
  ge: { ...numbers("($0 >= $1)"), bool: "($0 | (!$1))" },
  not: { int32: "(~$0)", uint32: "(~$0)", bool: "(!$0)" },
  and: words("($0 & $1)"),
  or: words("($0 | $1)"),
  xor: { int32: "($0 ^ $1)", uint32: "($0 ^ $1)", bool: "($0 != $1)" },
  shl: words("($0 << (U($1) & U(31u)))"),
  shr: words("($0 >> (U($1) & U(31u)))"),
  where: { ...numbers("select($2, $1, $0)"), bool: "select($2, $1, $0)" },
};

/** The expression of row `name` over arguments of dtype `from`, giving dtype `to`. */
export function scalarOp(
  name: ElementwiseName,
  args: readonly string[],
  from: DType,
  to: DType,
  width: Width,
  need: Need,
): string {
  if (name === "cast") return cast(args[0], from, to, width, need);
  if (name === "bitcast") return bitcast(args[0], from, to, width);
  const forms: Readonly<Partial<Record<DType, Form>>> = FORMS[name];
  const form = forms[from] ?? fail(name, `WebGPU has no ${name} of ${from}`);
  for (const helper of helpersIn(form)) need(helper, width);
  return atWidth(form, width).replace(/\$(\d)/g, (_, i: string) => args[Number(i)]);
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
