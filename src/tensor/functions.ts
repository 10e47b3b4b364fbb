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
export const neg = /* @__PURE__ */ unary("neg");
export const abs = /* @__PURE__ */ unary("abs");
export const sign = /* @__PURE__ */ unary("sign");
export const square = /* @__PURE__ */ unary("square");
export const reciprocal = /* @__PURE__ */ unary("reciprocal");
export const exp = /* @__PURE__ */ unary("exp");
export const expm1 = /* @__PURE__ */ unary("expm1");
export const log = /* @__PURE__ */ unary("log");
export const log1p = /* @__PURE__ */ unary("log1p");
export const sqrt = /* @__PURE__ */ unary("sqrt");
export const rsqrt = /* @__PURE__ */ unary("rsqrt");
export const sin = /* @__PURE__ */ unary("sin");
export const cos = /* @__PURE__ */ unary("cos");
export const tanh = /* @__PURE__ */ unary("tanh");
export const erf = /* @__PURE__ */ unary("erf");
export const floor = /* @__PURE__ */ unary("floor");
export const ceil = /* @__PURE__ */ unary("ceil");
export const round = /* @__PURE__ */ unary("round");
// biome-ignore lint/suspicious/noShadowRestrictedNames: NumPy's name; users import it from heddle by choice.
export const isNaN = /* @__PURE__ */ unary("isNaN");
export const not = /* @__PURE__ */ unary("not");
export const relu = /* @__PURE__ */ unary("relu");
export const relu6 = /* @__PURE__ */ unary("relu6");
export const silu = /* @__PURE__ */ unary("silu");
export const sigmoid = /* @__PURE__ */ unary("sigmoid");
export const softplus = /* @__PURE__ */ unary("softplus");
export const stopGradient = /* @__PURE__ */ unary("stopGradient");

export const add = /* @__PURE__ */ binary("add");
export const sub = /* @__PURE__ */ binary("sub");
export const mul = /* @__PURE__ */ binary("mul");
export const div = /* @__PURE__ */ binary("div");
export const rem = /* @__PURE__ */ binary("rem");
export const mod = /* @__PURE__ */ binary("mod");
export const pow = /* @__PURE__ */ binary("pow");
export const maximum = /* @__PURE__ */ binary("maximum");
export const minimum = /* @__PURE__ */ binary("minimum");
export const equal = /* @__PURE__ */ binary("equal");
export const notEqual = /* @__PURE__ */ binary("notEqual");
export const less = /* @__PURE__ */ binary("less");
export const lessEqual = /* @__PURE__ */ binary("lessEqual");
export const greater = /* @__PURE__ */ binary("greater");
export const greaterEqual = /* @__PURE__ */ binary("greaterEqual");
export const and = /* @__PURE__ */ binary("and");
export const or = /* @__PURE__ */ binary("or");
export const xor = /* @__PURE__ */ binary("xor");
export const shiftLeft = /* @__PURE__ */ binary("shiftLeft");
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

export const matmul = /* @__PURE__ */ method("matmul");
export const conv2d = /* @__PURE__ */ method("conv2d");
export const depthwiseConv2d = /* @__PURE__ */ method("depthwiseConv2d");
export const conv2dTranspose = /* @__PURE__ */ method("conv2dTranspose");
export const maxPool2d = /* @__PURE__ */ method("maxPool2d");
export const avgPool2d = /* @__PURE__ */ method("avgPool2d");
export const take = /* @__PURE__ */ method("take");
export const takeAlongAxis = /* @__PURE__ */ method("takeAlongAxis");
export const scatter = /* @__PURE__ */ method("scatter");
export const scatterAdd = /* @__PURE__ */ method("scatterAdd");
export const oneHot = /* @__PURE__ */ method("oneHot");
export const layerNorm = /* @__PURE__ */ method("layerNorm");
export const batchNorm = /* @__PURE__ */ method("batchNorm");
export const sum = /* @__PURE__ */ method("sum");
export const prod = /* @__PURE__ */ method("prod");
export const max = /* @__PURE__ */ method("max");
export const min = /* @__PURE__ */ method("min");
export const mean = /* @__PURE__ */ method("mean");
export const variance = /* @__PURE__ */ method("variance");
export const std = /* @__PURE__ */ method("std");
export const norm = /* @__PURE__ */ method("norm");
export const any = /* @__PURE__ */ method("any");
export const all = /* @__PURE__ */ method("all");
export const argMax = /* @__PURE__ */ method("argMax");
export const argMin = /* @__PURE__ */ method("argMin");
export const cumsum = /* @__PURE__ */ method("cumsum");
export const cumprod = /* @__PURE__ */ method("cumprod");
export const argSort = /* @__PURE__ */ method("argSort");
export const sort = /* @__PURE__ */ method("sort");
export const softmax = /* @__PURE__ */ method("softmax");
export const logSoftmax = /* @__PURE__ */ method("logSoftmax");
export const leakyRelu = /* @__PURE__ */ method("leakyRelu");
export const elu = /* @__PURE__ */ method("elu");
export const gelu = /* @__PURE__ */ method("gelu");
export const clip = /* @__PURE__ */ method("clip");
export const cast = /* @__PURE__ */ method("cast");
export const bitcast = /* @__PURE__ */ method("bitcast");
export const reshape = /* @__PURE__ */ method("reshape");
export const flatten = /* @__PURE__ */ method("flatten");
export const transpose = /* @__PURE__ */ method("transpose");
export const broadcastTo = /* @__PURE__ */ method("broadcastTo");
export const expandDims = /* @__PURE__ */ method("expandDims");
export const squeeze = /* @__PURE__ */ method("squeeze");
export const slice = /* @__PURE__ */ method("slice");
export const flip = /* @__PURE__ */ method("flip");
export const pad = /* @__PURE__ */ method("pad");
export const tile = /* @__PURE__ */ method("tile");
export const split = /* @__PURE__ */ method("split");
