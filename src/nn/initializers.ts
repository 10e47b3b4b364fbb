/**
 * Initial values of parameters: random numbers keyed by (seed, path), so that neither creation order nor device
 * matters. Defaults as in Keras.
 */
import { fail } from "../base/errors.ts";
import { checkOptions, notNegative, number, show } from "../base/options.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
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

/** @param defaults of all options, which are numbers */
function built<O extends { readonly [option: string]: number }>(
  name: InitializerName,
  defaults: O,
  options: Partial<O> = {},
  make: (options: O) => Make,
): Initializer {
  const { name: _, ...named } = Object(options) as Partial<O> & { name?: unknown };
  const given = (Object(options) === options ? named : options) as O;
  const rules = Object.keys(defaults).map((option) => [option, option === "std" ? notNegative : number]);
  const settled = { ...defaults, ...checkOptions(name, given, Object.fromEntries(rules)) };
  const values = make(settled);
  return { config: { name, ...settled }, make: (shape, key) => new Tensor(values(shape, key)) };
}

/** `value` everywhere; default 0. */
export const constant = (options?: { value?: number }): Initializer =>
  built(
    "constant",
    { value: 0 },
    options,
    ({ value }) =>
      (shape) =>
        core.full(value, shape),
  );
/** 0 everywhere. */
export const zeros = (options?: object): Initializer =>
  built("zeros", {}, options, () => (shape) => core.full(0, shape));
/** 1 everywhere. */
export const ones = (options?: object): Initializer =>
  built("ones", {}, options, () => (shape) => core.full(1, shape));

/** Even between `low` (default −0.05) and `high` (default 0.05). @throws HeddleError when they are no numbers */
export const uniform = (options?: { low?: number; high?: number }): Initializer =>
  built(
    "uniform",
    { low: -0.05, high: 0.05 },
    options,
    ({ low, high }) =>
      (shape, key) =>
        uniformNode(shape, key, low, high),
  );

/** Mean 0 and standard deviation 0.05 by default. @throws HeddleError when `std` is negative */
export const normal = (options?: { mean?: number; std?: number }): Initializer =>
  built(
    "normal",
    { mean: 0, std: 0.05 },
    options,
    ({ mean, std }) =>
      (shape, { path, seed }) =>
        core.add(core.mul(toNormal(bitsOf(path, [2, ...shape], seed)), std), mean),
  );

/** Normal within two standard deviations of the untruncated distribution; defaults as for {@link normal}. */
export const truncatedNormal = (options?: { mean?: number; std?: number }): Initializer =>
  built(
    "truncatedNormal",
    { mean: 0, std: 0.05 },
    options,
    ({ mean, std }) =>
      (shape, key) =>
        core.add(core.mul(truncated(shape, key), std), mean),
  );

/** Variance 2 / (fan in + fan out). Glorot & Bengio 2010. */
export const glorotUniform = (options?: object): Initializer =>
  scaled("glorotUniform", options, glorot, spreadEvenly);
/** Truncated normal of variance 2 / (fan in + fan out). Glorot & Bengio 2010. */
export const glorotNormal = (options?: object): Initializer =>
  scaled("glorotNormal", options, glorot, spreadNormally);
/** Variance 2 / fan in, for relu. He et al. 2015. */
export const heUniform = (options?: object): Initializer => scaled("heUniform", options, he, spreadEvenly);
/** Truncated normal of variance 2 / fan in, for relu. He et al. 2015. */
export const heNormal = (options?: object): Initializer => scaled("heNormal", options, he, spreadNormally);
/** Variance 1 / fan in. LeCun et al. 1998. */
export const lecunUniform = (options?: object): Initializer =>
  scaled("lecunUniform", options, lecun, spreadEvenly);
/** Truncated normal of variance 1 / fan in. LeCun et al. 1998. */
export const lecunNormal = (options?: object): Initializer =>
  scaled("lecunNormal", options, lecun, spreadNormally);

/** Orthonormal columns, or rows where those are fewer; axes but the last count as one. Saxe et al. 2014. */
export const orthogonal = (options?: { gain?: number }): Initializer =>
  built(
    "orthogonal",
    { gain: 1 },
    options,
    ({ gain }) =>
      (shape, { path, seed }) =>
        tensor(orthonormal(shape, path, seed, gain), { shape }).node,
  );

/** The identity matrix, times `gain`; of two axes only. */
export const identity = (options?: { gain?: number }): Initializer =>
  built("identity", { gain: 1 }, options, ({ gain }) => (shape) => {
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
export type InitializerName = keyof typeof INITIALIZERS;

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
    {},
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
