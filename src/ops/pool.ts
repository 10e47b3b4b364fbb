/**
 * Pooling over 2-D windows: max (ties: the first in row-major order) and sum; the others are written in these two.
 */
import { fail } from "../base/errors.ts";
import { sameShape, showShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Core, Node, OpDef, Spec } from "../graph/node.ts";
import { eq } from "./elementwise/comparison.ts";
import { sqrt } from "./elementwise/exponential.ts";
import {
  inputShape,
  outputShape,
  type Pair,
  pair,
  type Window2d,
  type WindowOptions,
  windowOf,
} from "./window.ts";

export interface PoolAttrs {
  readonly op: "max" | "sum";
  readonly window: Window2d;
}

function checkFit(name: string, x: Spec, shape: readonly number[]): void {
  if (x.dtype !== "float32") fail(name, `expects float32: got ${x.dtype}`);
  if (!sameShape(x.shape, shape)) fail(name, `expects ${showShape(shape)}: got ${showShape(x.shape)}`);
}

const flops = ({ attrs: { window: w } }: Node<PoolAttrs>): number =>
  w.batch * w.outHeight * w.outWidth * w.outChannels * w.kernelHeight * w.kernelWidth;

export const pool: OpDef<PoolAttrs> = {
  name: "pool",
  kind: "heavy",
  infer([x], { op, window }) {
    checkFit(`${op}Pool2d`, x, inputShape(window));
    return { shape: outputShape(window), dtype: "float32" };
  },
  vjp: (_, { inputs: [x], attrs }, dy) => [make(poolGrad, attrs.op === "max" ? [x, dy] : [dy], attrs)],
  flops,
  label: ({ op }) => `${op}Pool`,
  takesEpilogue: true,
};

/** max: (x, dy) → dx at each window's first largest element · sum: (dy) → dx spread over each window. */
export const poolGrad: OpDef<PoolAttrs> = {
  name: "poolGrad",
  kind: "heavy",
  infer(inputs, { op, window }) {
    checkFit(`${op}PoolGrad`, inputs[inputs.length - 1], outputShape(window));
    return { shape: inputShape(window), dtype: "float32" };
  },
  vjp: (_, { inputs, attrs }, g) =>
    attrs.op === "max" ? [undefined, make(poolTake, [inputs[0], g], attrs)] : [make(pool, [g], attrs)],
  flops,
  label: ({ op }) => `${op}PoolGrad`,
  takesEpilogue: true,
};

/** (x, g) → from g the element where x's window has its first largest one. */
export const poolTake: OpDef<PoolAttrs> = {
  name: "poolTake",
  kind: "heavy",
  infer([x, g], { window }) {
    checkFit("maxPoolTake", x, inputShape(window));
    checkFit("maxPoolTake", g, inputShape(window));
    return { shape: outputShape(window), dtype: "float32" };
  },
  vjp: (_, { inputs: [x], attrs }, dy) => [undefined, make(poolGrad, [x, dy], attrs)],
  flops,
  label: ({ op }) => `${op}PoolTake`,
  takesEpilogue: true,
};

/** Options of pooling. */
export interface PoolOptions extends Omit<WindowOptions, "groups"> {
  /** Height and width of the window; default 2. */
  poolSize?: Pair;
}

function pooled(where: string, op: "max" | "sum", x: Node, options: PoolOptions): Node<PoolAttrs> {
  const size = pair(where, "poolSize", options.poolSize ?? 2);
  if (x.shape.length !== 4)
    fail(where, `expects input [batch, height, width, channels]: got ${showShape(x.shape)}`);
  const channels = x.shape[3];
  const window = windowOf(where, x.shape, size, channels, { strides: size, ...options, groups: channels });
  return make(pool, [x], { op, window });
}

/** The largest element of each window of x [n, h, w, c]; padding never wins. */
export function maxPool2d(x: Node, options: PoolOptions = {}): Node {
  return pooled("maxPool2d", "max", x, options);
}

/** The smallest element of each window of x [n, h, w, c]; padding never wins. */
export const minPool2d = (core: Core, x: Node, options: PoolOptions = {}): Node =>
  core.neg(pooled("minPool2d", "max", core.neg(x), options));

/** The sum of each window of x [n, h, w, c]. */
export const sumPool2d = (x: Node, options: PoolOptions = {}): Node => pooled("sumPool2d", "sum", x, options);

/** The Euclidean norm of each window of x [n, h, w, c]; where it is 0 the gradient is 0. */
export function l2Pool2d(core: Core, x: Node, options: PoolOptions = {}): Node {
  const squares = pooled("l2Pool2d", "sum", core.mul(x, x), options);
  const isZero = core.binary(eq, squares, 0);
  return core.where(isZero, 0, core.unary(sqrt, core.where(isZero, 1, squares)));
}

/** Options of average pooling. */
export interface AvgPoolOptions extends PoolOptions {
  /** Divides by the whole window, padding included, as PyTorch does. Default false, as in Keras. */
  countPadding?: boolean;
}

/** The mean of each window of x [n, h, w, c]. */
export function avgPool2d(core: Core, x: Node, options: AvgPoolOptions = {}): Node {
  const sum = pooled("avgPool2d", "sum", x, options);
  const { window: w } = sum.attrs;
  const isWhole = options.countPadding || w.padding.every(([low, high]) => low <= 0 && high <= 0);
  const counts = isWhole
    ? w.kernelHeight * w.kernelWidth
    : make(pool, [core.full(1, [1, w.inHeight, w.inWidth, 1])], {
        op: "sum",
        window: { ...w, batch: 1, inChannels: 1, outChannels: 1, groups: 1 },
      });
  return core.div(sum, counts);
}
