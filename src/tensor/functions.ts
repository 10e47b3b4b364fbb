/** Every op as a function: what the methods do, with numbers allowed in front, and the ops of several tensors. */
import { fail } from "../base/errors.ts";
import { core } from "../ops/core.ts";
import { asTensor, type TensorLike } from "./create.ts";
import { Tensor } from "./tensor.ts";

export { concat, stack } from "./tensor.ts";

/** x where the condition holds, else y. */
export const where = (condition: Tensor, x: TensorLike, y: TensorLike): Tensor => condition.where(x, y);

type UnaryName =
  | "neg"
  | "abs"
  | "sign"
  | "square"
  | "reciprocal"
  | "exp"
  | "expm1"
  | "log"
  | "log1p"
  | "sqrt"
  | "rsqrt"
  | "sin"
  | "cos"
  | "tanh"
  | "erf"
  | "floor"
  | "ceil"
  | "round"
  | "isNaN"
  | "not"
  | "relu"
  | "relu6"
  | "silu"
  | "sigmoid"
  | "softplus"
  | "stopGradient";

type BinaryName =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "rem"
  | "mod"
  | "pow"
  | "maximum"
  | "minimum"
  | "equal"
  | "notEqual"
  | "less"
  | "lessEqual"
  | "greater"
  | "greaterEqual"
  | "and"
  | "or"
  | "xor"
  | "shiftLeft"
  | "shiftRight";

const unary =
  (name: UnaryName) =>
  (x: TensorLike): Tensor =>
    asTensor(x)[name]();
const binary =
  (name: BinaryName) =>
  (x: TensorLike, y: TensorLike): Tensor => {
    // A number in front is as weak as one behind: it takes the other's dtype.
    if (typeof x === "number" && typeof y !== "number") {
      const { dtype } = asTensor(y);
      const weak = Number.isInteger(x) || dtype === "float32" ? dtype : "float32";
      return new Tensor(core.scalar(x, weak === "bool" ? "int32" : weak))[name](y);
    }
    return asTensor(x)[name](y);
  };

// Marked pure, so that bundlers drop what a program does not import.
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

/** The method `name` as a function of the tensor and the method's arguments. */
function method<N extends MethodName>(name: N) {
  return (x: Tensor, ...rest: Parameters<Tensor[N]>): ReturnType<Tensor[N]> => {
    if (!(x instanceof Tensor)) fail(name, "the first argument must be a tensor");
    const apply = x[name] as (this: Tensor, ...args: Parameters<Tensor[N]>) => ReturnType<Tensor[N]>;
    return apply.apply(x, rest);
  };
}

type MethodName =
  | "matmul"
  | "conv2d"
  | "depthwiseConv2d"
  | "conv2dTranspose"
  | "maxPool2d"
  | "avgPool2d"
  | "take"
  | "takeAlongAxis"
  | "scatter"
  | "scatterAdd"
  | "oneHot"
  | "layerNorm"
  | "batchNorm"
  | "sum"
  | "prod"
  | "max"
  | "min"
  | "mean"
  | "variance"
  | "std"
  | "norm"
  | "any"
  | "all"
  | "argMax"
  | "argMin"
  | "cumsum"
  | "cumprod"
  | "argSort"
  | "sort"
  | "softmax"
  | "logSoftmax"
  | "leakyRelu"
  | "elu"
  | "gelu"
  | "clip"
  | "cast"
  | "bitcast"
  | "reshape"
  | "flatten"
  | "transpose"
  | "broadcastTo"
  | "expandDims"
  | "squeeze"
  | "slice"
  | "flip"
  | "pad"
  | "tile"
  | "split";

/** {@link Tensor.matmul} as a function. */
export const matmul = /* @__PURE__ */ method("matmul");
/** {@link Tensor.conv2d} as a function. */
export const conv2d = /* @__PURE__ */ method("conv2d");
/** {@link Tensor.depthwiseConv2d} as a function. */
export const depthwiseConv2d = /* @__PURE__ */ method("depthwiseConv2d");
/** {@link Tensor.conv2dTranspose} as a function. */
export const conv2dTranspose = /* @__PURE__ */ method("conv2dTranspose");
/** {@link Tensor.maxPool2d} as a function. */
export const maxPool2d = /* @__PURE__ */ method("maxPool2d");
/** {@link Tensor.avgPool2d} as a function. */
export const avgPool2d = /* @__PURE__ */ method("avgPool2d");
/** {@link Tensor.take} as a function. */
export const take = /* @__PURE__ */ method("take");
/** {@link Tensor.takeAlongAxis} as a function. */
export const takeAlongAxis = /* @__PURE__ */ method("takeAlongAxis");
/** {@link Tensor.scatter} as a function. */
export const scatter = /* @__PURE__ */ method("scatter");
/** {@link Tensor.scatterAdd} as a function. */
export const scatterAdd = /* @__PURE__ */ method("scatterAdd");
/** {@link Tensor.oneHot} as a function. */
export const oneHot = /* @__PURE__ */ method("oneHot");
/** {@link Tensor.layerNorm} as a function. */
export const layerNorm = /* @__PURE__ */ method("layerNorm");
/** {@link Tensor.batchNorm} as a function. */
export const batchNorm = /* @__PURE__ */ method("batchNorm");
/** {@link Tensor.sum} as a function. */
export const sum = /* @__PURE__ */ method("sum");
/** {@link Tensor.prod} as a function. */
export const prod = /* @__PURE__ */ method("prod");
/** {@link Tensor.max} as a function. */
export const max = /* @__PURE__ */ method("max");
/** {@link Tensor.min} as a function. */
export const min = /* @__PURE__ */ method("min");
/** {@link Tensor.mean} as a function. */
export const mean = /* @__PURE__ */ method("mean");
/** {@link Tensor.variance} as a function. */
export const variance = /* @__PURE__ */ method("variance");
/** {@link Tensor.std} as a function. */
export const std = /* @__PURE__ */ method("std");
/** {@link Tensor.norm} as a function. */
export const norm = /* @__PURE__ */ method("norm");
/** {@link Tensor.any} as a function. */
export const any = /* @__PURE__ */ method("any");
/** {@link Tensor.all} as a function. */
export const all = /* @__PURE__ */ method("all");
/** {@link Tensor.argMax} as a function. */
export const argMax = /* @__PURE__ */ method("argMax");
/** {@link Tensor.argMin} as a function. */
export const argMin = /* @__PURE__ */ method("argMin");
/** {@link Tensor.cumsum} as a function. */
export const cumsum = /* @__PURE__ */ method("cumsum");
/** {@link Tensor.cumprod} as a function. */
export const cumprod = /* @__PURE__ */ method("cumprod");
/** {@link Tensor.argSort} as a function. */
export const argSort = /* @__PURE__ */ method("argSort");
/** {@link Tensor.sort} as a function. */
export const sort = /* @__PURE__ */ method("sort");
/** {@link Tensor.softmax} as a function. */
export const softmax = /* @__PURE__ */ method("softmax");
/** {@link Tensor.logSoftmax} as a function. */
export const logSoftmax = /* @__PURE__ */ method("logSoftmax");
/** {@link Tensor.leakyRelu} as a function. */
export const leakyRelu = /* @__PURE__ */ method("leakyRelu");
/** {@link Tensor.elu} as a function. */
export const elu = /* @__PURE__ */ method("elu");
/** {@link Tensor.gelu} as a function. */
export const gelu = /* @__PURE__ */ method("gelu");
/** {@link Tensor.clip} as a function. */
export const clip = /* @__PURE__ */ method("clip");
/** {@link Tensor.cast} as a function. */
export const cast = /* @__PURE__ */ method("cast");
/** {@link Tensor.bitcast} as a function. */
export const bitcast = /* @__PURE__ */ method("bitcast");
/** {@link Tensor.reshape} as a function. */
export const reshape = /* @__PURE__ */ method("reshape");
/** {@link Tensor.flatten} as a function. */
export const flatten = /* @__PURE__ */ method("flatten");
/** {@link Tensor.transpose} as a function. */
export const transpose = /* @__PURE__ */ method("transpose");
/** {@link Tensor.broadcastTo} as a function. */
export const broadcastTo = /* @__PURE__ */ method("broadcastTo");
/** {@link Tensor.expandDims} as a function. */
export const expandDims = /* @__PURE__ */ method("expandDims");
/** {@link Tensor.squeeze} as a function. */
export const squeeze = /* @__PURE__ */ method("squeeze");
/** {@link Tensor.slice} as a function. */
export const slice = /* @__PURE__ */ method("slice");
/** {@link Tensor.flip} as a function. */
export const flip = /* @__PURE__ */ method("flip");
/** {@link Tensor.pad} as a function. */
export const pad = /* @__PURE__ */ method("pad");
/** {@link Tensor.tile} as a function. */
export const tile = /* @__PURE__ */ method("tile");
/** {@link Tensor.split} as a function. */
export const split = /* @__PURE__ */ method("split");
