/** Families of random cases: shapes around the edges of tiles, every option of an op, views as operands. */
import type { Padding, WindowOptions } from "../../src/ops/window.ts";
import { type Case, define, float, int, type Tensor } from "../support/case.ts";
import type { Random } from "./contraction.ts";

type Family = (name: string, random: Random) => Case;

/** Around the edges of vectors, tiles and strips. */
const SIDES = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 31, 33];
/** Images; none is a shape too. */
const BATCHES = [0, 1, 1, 2, 2, 3, 3];
const CHANNELS = [1, 2, 3, 4, 5, 8, 9, 12, 16, 20, 33];

const flip = (random: Random): boolean => random.next() < 0.5;
const pairOf = (random: Random, low: number, high: number): [number, number] => [
  random.int(low, high),
  random.int(low, high),
];
const shapeOf = (random: Random, least: number, most: number): number[] =>
  Array.from({ length: random.int(least, most) }, () => random.pick(SIDES.slice(0, 9)));

/** A shape that is long along one axis at most. */
function lineOf(random: Random): { shape: number[]; axis: number } {
  const shape = shapeOf(random, 1, 3);
  const axis = random.int(0, shape.length - 1);
  return { shape: shape.with(axis, random.pick([...SIDES, 130])), axis };
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const rest = [...list];
  return list.map(() => rest.splice(random.int(0, rest.length - 1), 1)[0]);
}

const swapLast = (x: Tensor): Tensor => {
  const axes = x.shape.map((_, axis) => axis);
  const [last, beforeLast] = [axes.pop()!, axes.pop()!];
  return x.transpose([...axes, last, beforeLast]);
};

const matmul: Family = (name, random) => {
  const [m, k, n] = [random.pick(SIDES), random.pick([...SIDES, 0, 65, 300]), random.pick(SIDES)];
  const batch = random.pick([[], [], [3], [2, 3], [0]]);
  const repeated = () => batch.map((size) => (flip(random) ? size : 1));
  const [isLeft, isRight, hasEpilogue] = [flip(random), flip(random), flip(random)];
  const a = [...repeated(), ...(isLeft ? [k, m] : [m, k])];
  const b = [...batch, ...(isRight ? [n, k] : [k, n])];
  return define(
    name,
    [float(a), float(b), float([n])],
    (_, x, y, bias) => {
      const product = (isLeft ? swapLast(x) : x).matmul(isRight ? swapLast(y) : y);
      return hasEpilogue ? product.add(bias).relu() : product.add(bias);
    },
    { order: 1 },
  );
};

/** Options of a window that fit an image of `size`, with at least one output. */
function windowOf(random: Random, size: readonly number[], kernel: readonly number[]): WindowOptions {
  const fits = (axis: 0 | 1, dilation: number): boolean => (kernel[axis] - 1) * dilation < size[axis];
  const wanted = pairOf(random, 1, 2);
  const dilation: [number, number] = [fits(0, wanted[0]) ? wanted[0] : 1, fits(1, wanted[1]) ? wanted[1] : 1];
  const padding: Padding = random.pick([
    "same",
    "valid",
    random.int(0, 2),
    [pairOf(random, 0, 3), pairOf(random, 0, 2)],
  ]);
  return { strides: pairOf(random, 1, 3), dilation, padding };
}

const sizesOf = (random: Random): { size: number[]; kernel: number[] } => {
  const size = pairOf(random, 1, 12);
  return { size, kernel: size.map((side) => random.int(1, Math.min(4, side))) };
};

const conv2d: Family = (name, random) => {
  const groups = random.pick([1, 1, 2, 3]);
  const [inGroup, outGroup] = [random.pick(CHANNELS), random.pick(CHANNELS)];
  const { size, kernel } = sizesOf(random);
  const options = { ...windowOf(random, size, kernel), groups };
  return define(
    name,
    [
      float([random.pick(BATCHES), ...size, groups * inGroup]),
      float([...kernel, inGroup, groups * outGroup]),
      float([groups * outGroup]),
    ],
    (_, x, k, bias) => x.conv2d(k, options).add(bias).relu(),
    { order: 1 },
  );
};

/** Convolutions with a Winograd form: 3 × 3, stride 1, channels in fours. */
const conv3x3: Family = (name, random) => {
  const size = pairOf(random, 3, 14);
  const channels = [4 * random.int(1, 9), 4 * random.int(1, 9)];
  const padding = random.pick<Padding>(["same", "valid", [pairOf(random, 0, 2), pairOf(random, 0, 2)]]);
  return define(
    name,
    [float([random.pick([0, 1, 2, 9, 9]), ...size, channels[0]]), float([3, 3, ...channels])],
    (_, x, k) => x.conv2d(k, { padding }).mul(0.5),
    { order: 1 },
  );
};

const conv1x1: Family = (name, random) => {
  const [channels, filters] = [random.pick(CHANNELS), random.pick(CHANNELS)];
  const strides = random.pick([1, 1, 2]);
  return define(
    name,
    [float([random.pick(BATCHES), ...pairOf(random, 1, 9), channels]), float([1, 1, channels, filters])],
    (_, x, k) => x.conv2d(k, { strides }).tanh(),
    { order: 1 },
  );
};

const depthwiseConv2d: Family = (name, random) => {
  const channels = random.pick(CHANNELS);
  const { size, kernel } = sizesOf(random);
  const options = windowOf(random, size, kernel);
  return define(
    name,
    [float([random.pick(BATCHES), ...size, channels]), float([...kernel, channels, 1]), float([channels])],
    (_, x, k, bias) => x.depthwiseConv2d(k, options).add(bias).relu(),
    { order: 1 },
  );
};

const pool =
  (method: "maxPool2d" | "avgPool2d"): Family =>
  (name, random) => {
    const { size, kernel } = sizesOf(random);
    const { strides, padding } = windowOf(random, size, kernel);
    // Padding beyond the window would leave some without an element.
    const options = {
      poolSize: kernel as [number, number],
      strides,
      padding: padding === "same" ? padding : 0,
    };
    return define(
      name,
      [float([random.pick(BATCHES), ...size, random.pick(CHANNELS)])],
      (_, x) => x[method](options).mul(2),
      { order: 1 },
    );
  };

const reduce: Family = (name, random) => {
  const shape = shapeOf(random, 1, 4);
  const order = shuffled(
    random,
    shape.map((_, axis) => axis),
  );
  const axes = order.filter(() => flip(random));
  const [method, keepDims] = [random.pick(["sum", "mean", "max", "min", "prod"] as const), flip(random)];
  return define(
    name,
    [float(shape, 0.97, 1.03)],
    (_, x) => x.transpose(order).mul(1.01)[method](axes, keepDims).add(1),
    { order: 1 },
  );
};

const softmax =
  (method: "softmax" | "logSoftmax"): Family =>
  (name, random) => {
    const { shape, axis } = lineOf(random);
    return define(name, [float(shape, -2, 2)], (_, x) => x[method](axis), { order: 1 });
  };

/** Two operands that broadcast, one a view: flipped, padded, sliced. */
const map: Family = (name, random) => {
  const shape = shapeOf(random, 1, 4);
  const other = shape.map((side) => (flip(random) ? side : 1)).slice(random.int(0, shape.length));
  const axes = shape.flatMap((_, axis) => (flip(random) ? [axis] : []));
  const op = random.pick(["add", "sub", "mul", "maximum", "div"] as const);
  return define(
    name,
    [float(shape), float(other, 0.5, 2)],
    (_, x, y) => {
      const padded = x.flip(axes).pad(
        shape.map(() => [1, 1] as const),
        0.25,
      );
      return padded
        .slice(
          shape.map(() => 1),
          shape.map((side) => side + 1),
        )
        [op](y)
        .tanh();
    },
    // Sums over what is broadcast may cancel: they have their own family.
    { order: 1, differentiable: [0] },
  );
};

const indexed = (random: Random): { shape: number[]; axis: number; length: number; count: number } => {
  const shape = shapeOf(random, 1, 3);
  const axis = random.int(0, shape.length - 1);
  return { shape, axis, length: shape[axis], count: random.pick([1, 2, 5, 40]) };
};

const take: Family = (name, random) => {
  const { shape, axis, length, count } = indexed(random);
  return define(name, [float(shape), int([count], 0, length)], (_, x, i) => x.take(i, axis), { order: 1 });
};

const takeAlongAxis: Family = (name, random) => {
  const { shape, axis, length, count } = indexed(random);
  const picked = shape.with(axis, count);
  return define(name, [float(shape), int(picked, 0, length)], (_, x, i) => x.takeAlongAxis(i, axis), {
    order: 1,
  });
};

const scatter =
  (method: "scatter" | "scatterAdd"): Family =>
  (name, random) => {
    const { shape, axis, length, count } = indexed(random);
    return define(
      name,
      [float(shape), int([count], 0, length), float(shape.with(axis, count))],
      (_, x, i, updates) => x[method](i, updates, axis),
      { order: 1 },
    );
  };

const line =
  (method: "cumsum" | "cumprod" | "sort" | "argSort" | "argMax" | "argMin"): Family =>
  (name, random) => {
    const { shape, axis } = lineOf(random);
    return define(name, [float(shape, 0.97, 1.03)], (_, x) => x[method](axis), { order: 1 });
  };

export const FAMILIES: Readonly<Record<string, Family>> = {
  matmul,
  conv2d,
  "conv2d-3x3": conv3x3,
  "conv2d-1x1": conv1x1,
  depthwiseConv2d,
  maxPool2d: pool("maxPool2d"),
  avgPool2d: pool("avgPool2d"),
  reduce,
  softmax: softmax("softmax"),
  logSoftmax: softmax("logSoftmax"),
  map,
  take,
  takeAlongAxis,
  scatter: scatter("scatter"),
  scatterAdd: scatter("scatterAdd"),
  cumsum: line("cumsum"),
  cumprod: line("cumprod"),
  sort: line("sort"),
  argSort: line("argSort"),
  argMax: line("argMax"),
  argMin: line("argMin"),
};
