/** Every op as a function: what the methods do, with numbers allowed in front, and the ops of several tensors. */
import { promote } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { normalizeAxis } from "../base/shape.ts";
import { core } from "../ops/core.ts";
import { asTensor, type TensorLike } from "./create.ts";
import { Tensor } from "./tensor.ts";

/** Joins tensors along an existing axis. */
export function concat(parts: readonly Tensor[], axis = 0): Tensor {
  if (parts.length === 0) fail("concat", "expects at least one tensor");
  const dtype = parts.map((p) => p.dtype).reduce(promote);
  return new Tensor(
    core.concat(
      parts.map((p) => core.cast(p.node, dtype)),
      normalizeAxis("concat", axis, parts[0].rank),
    ),
  );
}

/** Joins tensors of one shape along a new axis. */
export function stack(parts: readonly Tensor[], axis = 0): Tensor {
  if (parts.length === 0) fail("stack", "expects at least one tensor");
  const at = normalizeAxis("stack", axis, parts[0].rank + 1);
  return concat(
    parts.map((p) => p.expandDims(at)),
    at,
  );
}

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

export const neg = unary("neg");
export const abs = unary("abs");
export const sign = unary("sign");
export const square = unary("square");
export const reciprocal = unary("reciprocal");
export const exp = unary("exp");
export const expm1 = unary("expm1");
export const log = unary("log");
export const log1p = unary("log1p");
export const sqrt = unary("sqrt");
export const rsqrt = unary("rsqrt");
export const sin = unary("sin");
export const cos = unary("cos");
export const tanh = unary("tanh");
export const erf = unary("erf");
export const floor = unary("floor");
export const ceil = unary("ceil");
export const round = unary("round");
// biome-ignore lint/suspicious/noShadowRestrictedNames: NumPy's name; users import it from heddle by choice.
export const isNaN = unary("isNaN");
export const not = unary("not");
export const relu = unary("relu");
export const relu6 = unary("relu6");
export const silu = unary("silu");
export const sigmoid = unary("sigmoid");
export const softplus = unary("softplus");
export const stopGradient = unary("stopGradient");

export const add = binary("add");
export const sub = binary("sub");
export const mul = binary("mul");
export const div = binary("div");
export const rem = binary("rem");
export const mod = binary("mod");
export const pow = binary("pow");
export const maximum = binary("maximum");
export const minimum = binary("minimum");
export const equal = binary("equal");
export const notEqual = binary("notEqual");
export const less = binary("less");
export const lessEqual = binary("lessEqual");
export const greater = binary("greater");
export const greaterEqual = binary("greaterEqual");
export const and = binary("and");
export const or = binary("or");
export const xor = binary("xor");
export const shiftLeft = binary("shiftLeft");
export const shiftRight = binary("shiftRight");

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

export const matmul = method("matmul");
export const conv2d = method("conv2d");
export const depthwiseConv2d = method("depthwiseConv2d");
export const conv2dTranspose = method("conv2dTranspose");
export const maxPool2d = method("maxPool2d");
export const avgPool2d = method("avgPool2d");
export const take = method("take");
export const takeAlongAxis = method("takeAlongAxis");
export const scatter = method("scatter");
export const scatterAdd = method("scatterAdd");
export const oneHot = method("oneHot");
export const layerNorm = method("layerNorm");
export const batchNorm = method("batchNorm");
export const sum = method("sum");
export const prod = method("prod");
export const max = method("max");
export const min = method("min");
export const mean = method("mean");
export const variance = method("variance");
export const std = method("std");
export const norm = method("norm");
export const any = method("any");
export const all = method("all");
export const argMax = method("argMax");
export const argMin = method("argMin");
export const cumsum = method("cumsum");
export const cumprod = method("cumprod");
export const argSort = method("argSort");
export const sort = method("sort");
export const softmax = method("softmax");
export const logSoftmax = method("logSoftmax");
export const leakyRelu = method("leakyRelu");
export const elu = method("elu");
export const gelu = method("gelu");
export const clip = method("clip");
export const cast = method("cast");
export const bitcast = method("bitcast");
export const reshape = method("reshape");
export const flatten = method("flatten");
export const transpose = method("transpose");
export const broadcastTo = method("broadcastTo");
export const expandDims = method("expandDims");
export const squeeze = method("squeeze");
export const slice = method("slice");
export const flip = method("flip");
export const pad = method("pad");
export const tile = method("tile");
export const split = method("split");
