/**
 * Initial values of parameters: random numbers keyed by (seed, path), so that neither creation order nor device
 * matters. Defaults as in Keras.
 */
import { fail } from "../base/errors.ts";
import { notNegative, number } from "../base/options/kinds.ts";
import {
  type NoOptions,
  noOptions,
  type OptionsOf,
  options,
  type Schema,
  type ValuesOf,
} from "../base/options/schema.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
import { show } from "../base/show.ts";
import type { Node } from "../graph/node.ts";
import { core } from "../ops/core.ts";
import { bitsOf, toNormal, toUniform } from "../runtime/random.ts";
import { eye, tensor } from "../tensor/create.ts";
import { Tensor } from "../tensor/tensor.ts";
import { orthonormal } from "./orthogonal.ts";

/** What the random numbers of an initial value are keyed by. */
export interface InitialKey {
  /** The dotted path of the parameter from the root. */
  readonly path: string;
  /** Default: that of `setSeed`. */
  readonly seed?: number;
}

/** Makes initial values. Built-in ones carry a description that a file can keep. */
export interface Initializer {
  /** Values of a shape. @param key what random numbers are keyed by */
  make(shape: Shape, key: InitialKey): Tensor;
  /** What a file keeps; undefined for one of your own. */
  readonly config?: InitializerConfig;
}

/** A built-in initializer as plain data. */
export type InitializerConfig = { readonly name: InitializerName } & { readonly [option: string]: unknown };

/** A name with default options, plain data from a file, or an initializer. */
export type InitializerLike = InitializerName | InitializerConfig | Initializer;

type Make = (shape: Shape, key: InitialKey) => Node;

/** An initializer that files can keep. @param make the values, of the options */
function built<S extends Schema>(
  name: InitializerName,
  schema: S,
  given: object | undefined,
  make: (values: ValuesOf<S>) => Make,
): Initializer {
  // Plain data from a file has the name beside the options.
  const { name: _, ...named } = Object(given) as { name?: unknown };
  const values: ValuesOf<S> = schema.read(name, Object(given) === given ? named : given);
  const valuesOf = make(values);
  return {
    config: { name, ...schema.plain(values) },
    make: (shape, key) => new Tensor(valuesOf(shape, key)),
  };
}

const constantOptions = options({
  /** Default 0. */
  value: number(0),
});

/** `value` everywhere. @throws HeddleError when it is no number */
export const constant = (options?: OptionsOf<typeof constantOptions>): Initializer =>
  built(
    "constant",
    constantOptions,
    options,
    ({ value }) =>
      (shape) =>
        core.full(value, shape),
  );
/** 0 everywhere. */
export const zeros = (options?: NoOptions): Initializer =>
  built("zeros", noOptions, options, () => (shape) => core.full(0, shape));
/** 1 everywhere. */
export const ones = (options?: NoOptions): Initializer =>
  built("ones", noOptions, options, () => (shape) => core.full(1, shape));

const uniformOptions = options({
  /** The lower bound. Default −0.05. */
  low: number(-0.05),
  /** The upper bound. Default 0.05. */
  high: number(0.05),
});

/** Even between `low` and `high`. @throws HeddleError when they are no numbers */
export const uniform = (options?: OptionsOf<typeof uniformOptions>): Initializer =>
  built(
    "uniform",
    uniformOptions,
    options,
    ({ low, high }) =>
      (shape, key) =>
        uniformNode(shape, key, low, high),
  );

const normalOptions = options({
  /** Default 0. */
  mean: number(0),
  /** The standard deviation. Default 0.05. */
  std: notNegative(0.05),
});

/** Normally distributed. @throws HeddleError when `std` is negative */
export const normal = (options?: OptionsOf<typeof normalOptions>): Initializer =>
  built(
    "normal",
    normalOptions,
    options,
    ({ mean, std }) =>
      (shape, { path, seed }) =>
        core.add(core.mul(toNormal(bitsOf(path, [2, ...shape], seed)), std), mean),
  );

/** Normal within two standard deviations of the untruncated distribution; options as for {@link normal}. */
export const truncatedNormal = (options?: OptionsOf<typeof normalOptions>): Initializer =>
  built(
    "truncatedNormal",
    normalOptions,
    options,
    ({ mean, std }) =>
      (shape, key) =>
        core.add(core.mul(truncated(shape, key), std), mean),
  );

/** Variance 2 / (fan in + fan out). Glorot & Bengio 2010. */
export const glorotUniform = (options?: NoOptions): Initializer =>
  scaled("glorotUniform", options, glorot, spreadEvenly);
/** Truncated normal of variance 2 / (fan in + fan out). Glorot & Bengio 2010. */
export const glorotNormal = (options?: NoOptions): Initializer =>
  scaled("glorotNormal", options, glorot, spreadNormally);
/** Variance 2 / fan in, for relu. He et al. 2015. */
export const heUniform = (options?: NoOptions): Initializer => scaled("heUniform", options, he, spreadEvenly);
/** Truncated normal of variance 2 / fan in, for relu. He et al. 2015. */
export const heNormal = (options?: NoOptions): Initializer => scaled("heNormal", options, he, spreadNormally);
/** Variance 1 / fan in. LeCun et al. 1998. */
export const lecunUniform = (options?: NoOptions): Initializer =>
  scaled("lecunUniform", options, lecun, spreadEvenly);
/** Truncated normal of variance 1 / fan in. LeCun et al. 1998. */
export const lecunNormal = (options?: NoOptions): Initializer =>
  scaled("lecunNormal", options, lecun, spreadNormally);

const gainOptions = options({
  /** A factor. Default 1. */
  gain: number(1),
});

/** Orthonormal columns, or rows where those are fewer; axes but the last count as one. Saxe et al. 2014. */
export const orthogonal = (options?: OptionsOf<typeof gainOptions>): Initializer =>
  built(
    "orthogonal",
    gainOptions,
    options,
    ({ gain }) =>
      (shape, { path, seed }) =>
        tensor(orthonormal(shape, path, seed, gain), { shape }).node,
  );

/** The identity matrix, times `gain`; of two axes only. */
export const identity = (options?: OptionsOf<typeof gainOptions>): Initializer =>
  built("identity", gainOptions, options, ({ gain }) => (shape) => {
    if (shape.length !== 2) fail("identity", `initial values need two axes: got ${showShape(shape)}`);
    return core.mul(eye(shape[0], shape[1]).node, gain);
  });

const INITIALIZERS = {
  zeros,
  ones,
  constant,
  uniform,
  normal,
  truncatedNormal,
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  orthogonal,
  identity,
} as const;

/** Initializers that layers know by name. */
type InitializerName = keyof typeof INITIALIZERS;

/** @throws HeddleError when there is no such initializer */
export function initializerOf(where: string, like: InitializerLike, name = "initializer"): Initializer {
  if (isInitializer(like)) return like;
  const config: InitializerConfig = typeof like === "string" ? { name: like } : like;
  if (!Object.hasOwn(INITIALIZERS, config?.name)) {
    const names = Object.keys(INITIALIZERS).join(", ");
    fail(where, `${name} must be one of ${names}, or an object with make(): got ${show(like)}`);
  }
  return (INITIALIZERS[config.name] as (options: object) => Initializer)(config);
}

const isInitializer = (like: InitializerLike): like is Initializer =>
  typeof (like as Partial<Initializer>)?.make === "function";

function uniformNode(shape: Shape, { path, seed }: InitialKey, low: number, high: number): Node {
  return core.add(core.mul(toUniform(bitsOf(path, shape, seed)), high - low), low);
}

/** Of the normal distribution cut at ±2. */
const TRUNCATED_STD = 0.879_625_661_034_239_8;
/** erf(2 / √2): the mass within ±2. */
const MASS = 0.954_499_736_103_641_6;

/**
 * √2 · erf⁻¹ of a uniform number: with |x| ≤ erf(√2) the central polynomial alone is needed.
 * Source: Giles, "Approximating the erfinv function", GPU Computing Gems 2 (2010), single precision.
 */
function truncated(shape: Shape, key: InitialKey): Node {
  const x = uniformNode(shape, key, -MASS, MASS);
  const w = core.sub(core.neg(core.log(core.sub(1, core.mul(x, x)))), 2.5);
  const [lead, ...rest] = [
    2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
    0.246640727, 1.50140941,
  ];
  const polynomial = rest.reduce((p, c) => core.add(core.mul(p, w), c), core.full(lead, shape));
  return core.mul(core.mul(polynomial, x), Math.SQRT2);
}

interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

const glorot = ({ fanIn, fanOut }: Fans): number => 2 / (fanIn + fanOut);
const he = ({ fanIn }: Fans): number => 2 / fanIn;
const lecun = ({ fanIn }: Fans): number => 1 / fanIn;

const spreadEvenly = (shape: Shape, key: InitialKey, std: number): Node =>
  uniformNode(shape, key, -Math.sqrt(3) * std, Math.sqrt(3) * std);
const spreadNormally = (shape: Shape, key: InitialKey, std: number): Node =>
  core.mul(truncated(shape, key), std / TRUNCATED_STD);

function scaled(
  name: InitializerName,
  options: object | undefined,
  variance: (fans: Fans) => number,
  spread: (shape: Shape, key: InitialKey, std: number) => Node,
): Initializer {
  return built(
    name,
    noOptions,
    options,
    () => (shape, key) => spread(shape, key, Math.sqrt(variance(fansOf(shape)))),
  );
}

/** Inputs and outputs of one unit: the last two axes, times the positions of a convolution's window. */
function fansOf(shape: Shape): Fans {
  if (shape.length < 2) return { fanIn: Math.max(1, sizeOf(shape)), fanOut: Math.max(1, sizeOf(shape)) };
  const [fanIn, fanOut] = shape.slice(-2);
  const window = sizeOf(shape.slice(0, -2));
  return { fanIn: Math.max(1, fanIn * window), fanOut: Math.max(1, fanOut * window) };
}
