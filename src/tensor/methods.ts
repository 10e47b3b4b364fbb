/**
 * Ops with arguments of their own as functions: the tensor first, then what the method takes. Each is marked pure, so
 * that bundlers drop what a program does not import.
 */
import { fail } from "../base/errors.ts";
import { Tensor } from "./tensor.ts";

type Method = (...args: never[]) => Tensor | Tensor[];
/** The methods that this file may show as functions: all that give tensors. */
type MethodName = { [K in keyof Tensor]: Tensor[K] extends Method ? K : never }[keyof Tensor];

/** The method `name` as a function of the tensor and the method's arguments. */
function method<N extends MethodName>(name: N) {
  type Arguments = Parameters<Extract<Tensor[N], Method>>;
  type Result = ReturnType<Extract<Tensor[N], Method>>;
  return (x: Tensor, ...rest: Arguments): Result => {
    if (!(x instanceof Tensor)) fail(name, "the first argument must be a tensor");
    const apply = x[name] as (this: Tensor, ...args: Arguments) => Result;
    return apply.apply(x, rest);
  };
}

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
