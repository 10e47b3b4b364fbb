/**
 * Ops written in others. Those with a gradient of their own or a backend's kernel are nodes that `expand` dissolves;
 * the rest is arithmetic, recorded at once.
 */
import { isFloat } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { normalizeAxes, normalizeAxis, showShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node, OpDef } from "../graph/node.ts";
import { core as c, reduceNode } from "./core.ts";
import { abs, max, min } from "./elementwise/arithmetic.ts";
import { eq, gt, lt } from "./elementwise/comparison.ts";
import { expm1, log1p, rsqrt } from "./elementwise/exponential.ts";
import { erf, tanh } from "./elementwise/trigonometric.ts";
import { stopGradient } from "./identity.ts";
import { gatherNode } from "./indexing.ts";

function sameAsInput(name: string): OpDef["infer"] {
  return ([x]) => (isFloat(x.dtype) ? x : fail(name, `expects float32: got ${x.dtype}`));
}

const reluOp: OpDef<null> = {
  name: "relu",
  kind: "composite",
  infer: sameAsInput("relu"),
  vjp: (core, y, dy) => [core.where(core.binary(gt, y, 0), dy, 0)],
  expand: (core, { inputs: [x] }) => core.binary(max, x, 0),
};

const sigmoidOp: OpDef<null> = {
  name: "sigmoid",
  kind: "composite",
  infer: sameAsInput("sigmoid"),
  vjp: (core, y, dy) => [core.mul(dy, core.mul(y, core.sub(1, y)))],
  expand: (core, { inputs: [x] }) => core.div(1, core.add(core.exp(core.neg(x)), 1)),
};

const softplusOp: OpDef<null> = {
  name: "softplus",
  kind: "composite",
  infer: sameAsInput("softplus"),
  vjp: (core, { inputs: [x] }, dy) => [core.mul(dy, sigmoid(x))],
  expand: (core, { inputs: [x] }) =>
    core.add(core.binary(max, x, 0), core.unary(log1p, core.exp(core.neg(core.unary(abs, x))))),
};

/** softmax over the last axis, shifted by the largest element. */
export const softmaxOp: OpDef<null> = {
  name: "softmax",
  kind: "composite",
  infer: sameAsInput("softmax"),
  vjp(core, y, dy) {
    const along = core.sum(core.mul(dy, y), [y.shape.length - 1], true);
    return [core.mul(core.sub(dy, along), y)];
  },
  expand(core, { inputs: [x] }) {
    const last = [x.shape.length - 1];
    const e = core.exp(core.sub(x, core.max(x, last, true)));
    return core.div(e, core.sum(e, last, true));
  },
  flops: (node) => 4 * node.shape.reduce((n, d) => n * d, 1),
};

export const logSoftmaxOp: OpDef<null> = {
  name: "logSoftmax",
  kind: "composite",
  infer: sameAsInput("logSoftmax"),
  vjp: (core, y, dy) => [core.sub(dy, core.mul(core.exp(y), core.sum(dy, [y.shape.length - 1], true)))],
  expand(core, { inputs: [x] }) {
    const last = [x.shape.length - 1];
    const shifted = core.sub(x, core.max(x, last, true));
    return core.sub(shifted, core.log(core.sum(core.exp(shifted), last, true)));
  },
  flops: (node) => 4 * node.shape.reduce((n, d) => n * d, 1),
};

/** Runs an op of the last axis along any axis. */
function alongAxis(where: string, op: OpDef<null>, x: Node, axis: number): Node {
  const last = x.shape.length - 1;
  const at = normalizeAxis(where, axis, x.shape.length);
  if (x.shape[at] === 0) fail(where, `has no value over an empty axis: got ${showShape(x.shape)}`);
  if (at === last) return make(op, [x], null);
  const swap = x.shape.map((_, i) => (i === at ? last : i === last ? at : i));
  return c.permute(make(op, [c.permute(x, swap)], null), swap);
}

export const relu = (x: Node): Node => make(reluOp, [x], null);
export const sigmoid = (x: Node): Node => make(sigmoidOp, [x], null);
export const softmax = (x: Node, axis = -1): Node => alongAxis("softmax", softmaxOp, x, axis);
export const logSoftmax = (x: Node, axis = -1): Node => alongAxis("logSoftmax", logSoftmaxOp, x, axis);

/** x · sigmoid(x), also called swish. Ramachandran et al. 2017. */
export const silu = (x: Node): Node => c.mul(x, sigmoid(x));
/** min(relu(x), 6). */
export const relu6 = (x: Node): Node => c.binary(min, relu(x), 6);
export const leakyRelu = (x: Node, slope: number): Node => c.where(c.binary(lt, x, 0), c.mul(x, slope), x);
/** x above 0, α(eˣ − 1) below. Clevert et al. 2015. */
export const elu = (x: Node, alpha: number): Node => {
  const below = c.mul(c.unary(expm1, c.binary(min, x, 0)), alpha);
  return c.where(c.binary(lt, x, 0), below, x);
};
/** ln(1 + eˣ), without overflow. */
export const softplus = (x: Node): Node => make(softplusOp, [x], null);

/** Gaussian error linear unit, Hendrycks & Gimpel 2016: x·Φ(x), or its tanh approximation. */
export function gelu(x: Node, approximate = false): Node {
  const half = c.mul(x, 0.5);
  // half·erf + half, not half·(erf + 1): one fused step of a kernel.
  if (!approximate) return c.add(c.mul(half, c.unary(erf, c.mul(x, Math.SQRT1_2))), half);
  const inner = c.mul(c.add(x, c.mul(c.mul(x, c.mul(x, x)), 0.044715)), Math.sqrt(2 / Math.PI));
  return c.add(c.mul(half, c.unary(tanh, inner)), half);
}

const countOf = (x: Node, axes: readonly number[]): number => axes.reduce((n, a) => n * x.shape[a], 1);

export function mean(x: Node, axes?: number | readonly number[], keepDims = false): Node {
  const floats = c.cast(x, "float32");
  return c.div(
    reduceNode("sum", floats, axes, keepDims),
    countOf(x, normalizeAxes("mean", axes, x.shape.length)),
  );
}

/** Mean squared distance from the mean, in two passes; divides by n − `correction`. */
export function variance(x: Node, axes?: number | readonly number[], keepDims = false, correction = 0): Node {
  const list = normalizeAxes("variance", axes, x.shape.length);
  const distance = c.sub(c.cast(x, "float32"), mean(x, list, true));
  return c.div(reduceNode("sum", c.mul(distance, distance), list, keepDims), countOf(x, list) - correction);
}

/** (x − mean) / √(variance + ε) over `axes`; scale and offset broadcast. */
export function normalize(
  x: Node,
  center: Node,
  spread: Node,
  epsilon: number,
  scale?: Node,
  offset?: Node,
): Node {
  const inverse = c.unary(rsqrt, c.add(spread, epsilon));
  const scaled = c.mul(c.sub(x, center), scale ? c.mul(inverse, scale) : inverse);
  return offset ? c.add(scaled, offset) : scaled;
}

/** Layer normalisation over the last axis. Ba et al. 2016. */
export function layerNorm(
  x: Node,
  options: { scale?: Node; offset?: Node; epsilon: number; axes?: readonly number[] },
): Node {
  const axes = normalizeAxes("layerNorm", options.axes ?? [-1], x.shape.length);
  return normalize(
    x,
    mean(x, axes, true),
    variance(x, axes, true),
    options.epsilon,
    options.scale,
    options.offset,
  );
}

/** Rows of the identity: int32 indices [...] → float32 [..., depth]; an index out of range gives a row of zeros. */
export function oneHot(indices: Node, depth: number): Node {
  if (indices.dtype !== "int32") fail("oneHot", `indices must be int32: got ${indices.dtype}`);
  const shape = [...indices.shape, depth];
  const spread = c.broadcast(c.reshape(indices, [...indices.shape, 1]), shape);
  return c.cast(c.binary(eq, spread, c.iota(shape, shape.length - 1)), "float32");
}

/** Cross entropy of logits [..., classes] with int32 labels [...], per sample. A label out of range is a device error. */
export function sparseCrossEntropy(logits: Node, labels: Node): Node {
  const last = logits.shape.length - 1;
  if (labels.dtype !== "int32")
    fail("sparseCategoricalCrossentropy", `labels must be int32: got ${labels.dtype}`);
  const at = c.reshape(labels, [...labels.shape, 1]);
  const chosen = gatherNode(logSoftmax(logits), at, { axis: last, along: true });
  return c.neg(c.reshape(chosen, labels.shape));
}

/** Cross entropy of logits [..., classes] with probabilities of the same shape, per sample. */
export const crossEntropy = (logits: Node, target: Node): Node =>
  c.neg(c.sum(c.mul(target, logSoftmax(logits)), [logits.shape.length - 1]));

/** Binary cross entropy of logits: softplus(x) − x·t, which never overflows. */
export const binaryCrossEntropy = (logits: Node, target: Node): Node =>
  c.sub(softplus(logits), c.mul(logits, target));

export const detach = (x: Node): Node => make(stopGradient, [x], null);
