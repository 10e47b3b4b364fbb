/** The tile opcode of every elementwise row, by the dtype of its operands. */
import { Op } from "../../../assembly/opcodes.ts";
import type { DType } from "../../base/dtype.ts";
import { fail } from "../../base/errors.ts";
import type { ElementwiseName, PerDType } from "../../ops/elementwise/names.ts";

const float = (op: Op) => ({ float32: op });
const number = (f: Op, i: Op, u: Op) => ({ float32: f, int32: i, uint32: u, bool: u });
const integer = (i: Op, u: Op = i) => ({ int32: i, uint32: u, bool: u });

/** Rows whose opcode follows from the dtype of the operands; a row that is missing does not compile. */
const OPCODES: { readonly [N in Exclude<ElementwiseName, "cast" | "bitcast">]: PerDType<N, Op> } = {
  neg: number(Op.NegF, Op.NegI, Op.NegI),
  abs: number(Op.AbsF, Op.AbsI, Op.Copy),
  exp: float(Op.Exp),
  expm1: float(Op.Expm1),
  log: float(Op.Log),
  log1p: float(Op.Log1p),
  log2: float(Op.Log2),
  sqrt: float(Op.Sqrt),
  rsqrt: float(Op.Rsqrt),
  sin: float(Op.Sin),
  cos: float(Op.Cos),
  tanh: float(Op.Tanh),
  erf: float(Op.Erf),
  floor: float(Op.Floor),
  ceil: float(Op.Ceil),
  round: float(Op.Round),
  sign: number(Op.SignF, Op.SignI, Op.SignU),
  isNaN: float(Op.IsNaN),
  not: { ...integer(Op.Not), bool: Op.NotBool },
  add: number(Op.AddF, Op.AddI, Op.AddI),
  sub: number(Op.SubF, Op.SubI, Op.SubI),
  mul: number(Op.MulF, Op.MulI, Op.MulI),
  div: number(Op.DivF, Op.DivI, Op.DivU),
  rem: number(Op.RemF, Op.RemI, Op.RemU),
  pow: float(Op.PowF),
  max: number(Op.MaxF, Op.MaxI, Op.MaxU),
  min: number(Op.MinF, Op.MinI, Op.MinU),
  eq: number(Op.EqF, Op.EqI, Op.EqI),
  ne: number(Op.NeF, Op.NeI, Op.NeI),
  lt: number(Op.LtF, Op.LtI, Op.LtU),
  le: number(Op.LeF, Op.LeI, Op.LeU),
  // With its operands exchanged: see MIRRORED.
  gt: number(Op.LtF, Op.LtI, Op.LtU),
  ge: number(Op.LeF, Op.LeI, Op.LeU),
  and: integer(Op.And),
  or: integer(Op.Or),
  xor: integer(Op.Xor),
  shl: integer(Op.Shl),
  shr: integer(Op.ShrI, Op.ShrU),
  where: number(Op.Where, Op.Where, Op.Where),
};

/** Rows that only the full binary has: see `assembly/unary.ts`. */
export const RARE: ReadonlySet<ElementwiseName> = new Set(["sin", "cos", "log2"]);

/** a > b is b < a. */
const MIRRORED: ReadonlySet<ElementwiseName> = new Set(["gt", "ge"]);

const integers = { int32: Op.Copy, uint32: Op.Copy, bool: Op.IntToBool };
const CASTS: { readonly [T in DType]: { readonly [U in DType]: Op } } = {
  float32: { float32: Op.Copy, int32: Op.FloatToInt, uint32: Op.FloatToUint, bool: Op.FloatToBool },
  int32: { float32: Op.IntToFloat, ...integers },
  uint32: { float32: Op.UintToFloat, ...integers },
  bool: { float32: Op.IntToFloat, ...integers, bool: Op.Copy },
};

/** The opcode of row `name`, and its operands in the order the opcode takes them; Op.Copy changes nothing. */
export function opcode(
  name: ElementwiseName,
  result: DType,
  operands: readonly DType[],
  args: readonly number[],
): { op: Op; args: readonly number[] } {
  if (name === "bitcast") return { op: Op.Copy, args };
  if (name === "cast") return { op: CASTS[operands[0]][result], args };
  const codes: Readonly<Partial<Record<DType, Op>>> = OPCODES[name];
  const op = codes[operands[operands.length - 1]];
  if (op === undefined) return fail(name, `the wasm backend has no such op for ${operands.join(", ")}`);
  return { op, args: MIRRORED.has(name) ? [args[1], args[0]] : args };
}
