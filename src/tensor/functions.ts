/**
 * Elementwise ops as functions, with numbers allowed in front, and the ops of several tensors. Each is marked pure, so
 * that bundlers drop what a program does not import.
 */
import { core } from "../ops/core.ts";
import * as rows from "../ops/elementwise/exponential.ts";
import { asTensor, type TensorLike } from "./create.ts";
import { Tensor } from "./tensor.ts";

export { concat, stack } from "./tensor.ts";

/** x where the condition holds, else y. */
export const where = (condition: Tensor, x: TensorLike, y: TensorLike): Tensor => condition.where(x, y);

/** The methods that this file may show as functions: those of one operand, and those of two. */
type Unary = MethodOf<() => Tensor>;
type Binary = MethodOf<(other: TensorLike) => Tensor>;
type MethodOf<F> = { [K in keyof Tensor]: Tensor[K] extends F ? K : never }[keyof Tensor];

const floats = (x: TensorLike) => core.cast(asTensor(x).node, "float32");
const unary =
  (name: Unary) =>
  (x: TensorLike): Tensor =>
    asTensor(x)[name]();
const binary =
  (name: Binary) =>
  (x: TensorLike, y: TensorLike): Tensor => {
    // A number in front is as weak as one behind: it takes the other's dtype.
    if (typeof x === "number" && typeof y !== "number") {
      const { dtype } = asTensor(y);
      const weak = Number.isInteger(x) || dtype === "float32" ? dtype : "float32";
      return new Tensor(core.scalar(x, weak === "bool" ? "int32" : weak))[name](y);
    }
    return asTensor(x)[name](y);
  };

/** {@link Tensor.neg} as a function. */
export const neg = /* @__PURE__ */ unary("neg");
/** {@link Tensor.abs} as a function. */
export const abs = /* @__PURE__ */ unary("abs");
/** {@link Tensor.sign} as a function. */
export const sign = /* @__PURE__ */ unary("sign");
/** {@link Tensor.square} as a function. */
export const square = /* @__PURE__ */ unary("square");
/** {@link Tensor.reciprocal} as a function. */
export const reciprocal = /* @__PURE__ */ unary("reciprocal");
/** {@link Tensor.exp} as a function. */
export const exp = /* @__PURE__ */ unary("exp");
/** {@link Tensor.expm1} as a function. */
export const expm1 = /* @__PURE__ */ unary("expm1");
/** {@link Tensor.log} as a function. */
export const log = /* @__PURE__ */ unary("log");
/** {@link Tensor.log1p} as a function. */
export const log1p = /* @__PURE__ */ unary("log1p");
/** {@link Tensor.sqrt} as a function. */
export const sqrt = /* @__PURE__ */ unary("sqrt");
/** {@link Tensor.rsqrt} as a function. */
export const rsqrt = /* @__PURE__ */ unary("rsqrt");
/** {@link Tensor.sin} as a function. */
export const sin = /* @__PURE__ */ unary("sin");
/** {@link Tensor.cos} as a function. */
export const cos = /* @__PURE__ */ unary("cos");
/** {@link Tensor.tanh} as a function. */
export const tanh = /* @__PURE__ */ unary("tanh");
/** {@link Tensor.erf} as a function. */
export const erf = /* @__PURE__ */ unary("erf");
/** {@link Tensor.floor} as a function. */
export const floor = /* @__PURE__ */ unary("floor");
/** {@link Tensor.ceil} as a function. */
export const ceil = /* @__PURE__ */ unary("ceil");
/** {@link Tensor.round} as a function. */
export const round = /* @__PURE__ */ unary("round");
/** {@link Tensor.isNaN} as a function. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: NumPy's name; users import it from heddle by choice.
export const isNaN = /* @__PURE__ */ unary("isNaN");
/** {@link Tensor.not} as a function. */
export const not = /* @__PURE__ */ unary("not");
/** {@link Tensor.relu} as a function. */
export const relu = /* @__PURE__ */ unary("relu");
/** {@link Tensor.relu6} as a function. */
export const relu6 = /* @__PURE__ */ unary("relu6");
/** {@link Tensor.silu} as a function. */
export const silu = /* @__PURE__ */ unary("silu");
/** {@link Tensor.sigmoid} as a function. */
export const sigmoid = /* @__PURE__ */ unary("sigmoid");
/** {@link Tensor.softplus} as a function. */
export const softplus = /* @__PURE__ */ unary("softplus");
/** {@link Tensor.stopGradient} as a function. */
export const stopGradient = /* @__PURE__ */ unary("stopGradient");

/** The logarithm to base 2, float32: exact for powers of two, NaN below 0. */
export const log2 = (x: TensorLike): Tensor => new Tensor(core.unary(rows.log2, floats(x)));

/** {@link Tensor.add} as a function. */
export const add = /* @__PURE__ */ binary("add");
/** {@link Tensor.sub} as a function. */
export const sub = /* @__PURE__ */ binary("sub");
/** {@link Tensor.mul} as a function. */
export const mul = /* @__PURE__ */ binary("mul");
/** {@link Tensor.div} as a function. */
export const div = /* @__PURE__ */ binary("div");
/** {@link Tensor.rem} as a function. */
export const rem = /* @__PURE__ */ binary("rem");
/** {@link Tensor.mod} as a function. */
export const mod = /* @__PURE__ */ binary("mod");
/** {@link Tensor.pow} as a function. */
export const pow = /* @__PURE__ */ binary("pow");
/** {@link Tensor.maximum} as a function. */
export const maximum = /* @__PURE__ */ binary("maximum");
/** {@link Tensor.minimum} as a function. */
export const minimum = /* @__PURE__ */ binary("minimum");
/** {@link Tensor.equal} as a function. */
export const equal = /* @__PURE__ */ binary("equal");
/** {@link Tensor.notEqual} as a function. */
export const notEqual = /* @__PURE__ */ binary("notEqual");
/** {@link Tensor.less} as a function. */
export const less = /* @__PURE__ */ binary("less");
/** {@link Tensor.lessEqual} as a function. */
export const lessEqual = /* @__PURE__ */ binary("lessEqual");
/** {@link Tensor.greater} as a function. */
export const greater = /* @__PURE__ */ binary("greater");
/** {@link Tensor.greaterEqual} as a function. */
export const greaterEqual = /* @__PURE__ */ binary("greaterEqual");
/** {@link Tensor.and} as a function. */
export const and = /* @__PURE__ */ binary("and");
/** {@link Tensor.or} as a function. */
export const or = /* @__PURE__ */ binary("or");
/** {@link Tensor.xor} as a function. */
export const xor = /* @__PURE__ */ binary("xor");
/** {@link Tensor.shiftLeft} as a function. */
export const shiftLeft = /* @__PURE__ */ binary("shiftLeft");
/** {@link Tensor.shiftRight} as a function. */
export const shiftRight = /* @__PURE__ */ binary("shiftRight");
