/**
 * What a row of the op suite says, and the deterministic inputs it is run on. Nothing here needs Node or a test
 * runner: the same rows run in a page, and `tools/fixtures/make_ops.py` reads them to ask PyTorch.
 */
import { type DType, type HostArray, hostArray } from "../../src/base/dtype.ts";
import { Random } from "../../src/base/philox.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import type * as Heddle from "../../src/index.ts";

export type H = typeof Heddle;
export type Tensor = Heddle.Tensor;

export interface Input {
  readonly shape: Shape;
  readonly dtype: DType;
  /** `position` tells the inputs of a case apart, so that two of one shape differ everywhere. */
  values(random: Random, position: number): ArrayLike<number>;
}

export interface Case {
  /** Addressable: `conv2d/same-stride2`. The part before the slash is the op. */
  readonly name: string;
  readonly inputs: readonly Input[];
  run(h: H, ...inputs: Tensor[]): Tensor;
  /** Inputs whose gradient is checked, if the output is float32. */
  readonly differentiable: readonly number[];
  /** How many derivatives finite differences can check: 2 where smooth, 1 beside kinks, 0 on a kink. */
  readonly order: 0 | 1 | 2;
  /** The same in Python over the inputs a, b, c, …, for the PyTorch fixtures. */
  readonly torch?: string;
  /** Recorded outside `jit`: it sets the mode or the seed, which belong to a trace. */
  readonly isLazy?: boolean;
  /** Why derivatives are left out, where neither dtypes nor order say so. */
  readonly why?: string;
}

export interface CaseOptions {
  /** By default all float32 inputs; false for values where gradients are not defined. */
  differentiable?: readonly number[] | false;
  /** Default 2. */
  order?: Case["order"];
  torch?: string;
  isLazy?: boolean;
  why?: string;
}

export function define(
  name: string,
  inputs: readonly Input[],
  run: Case["run"],
  { differentiable, order = 2, ...rest }: CaseOptions = {},
): Case {
  const floats = inputs.flatMap((input, i) => (input.dtype === "float32" ? [i] : []));
  return {
    name,
    inputs,
    run,
    differentiable: differentiable === false ? [] : (differentiable ?? floats),
    order,
    ...rest,
  };
}

/**
 * Numbers spread evenly over (low, high) in random order. All differ, also between two inputs of one case, and none
 * is the middle: comparisons, extrema and kinks at 0 stay differentiable.
 */
export function float(shape: Shape, low = -1.5, high = 1.5): Input {
  const values = (random: Random, position: number): number[] => {
    const n = sizeOf(shape);
    const offset = 0.3 + 0.09 * position;
    return shuffled(n, random).map((place) => Math.fround(low + ((high - low) * (place + offset)) / n));
  };
  return { shape, dtype: "float32", values };
}

function shuffled(n: number, random: Random): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Integers in [low, high). */
export function int(shape: Shape, low = -8, high = 8, dtype: "int32" | "uint32" = "int32"): Input {
  const values = (random: Random): number[] =>
    Array.from({ length: sizeOf(shape) }, () => low + random.below(high - low));
  return { shape, dtype, values };
}

export const bool = (shape: Shape): Input => ({ ...int(shape, 0, 2), dtype: "bool" });

/** Exactly these numbers. */
export function given(
  list: readonly number[],
  shape: Shape = [list.length],
  dtype: DType = "float32",
): Input {
  return { shape, dtype, values: () => list };
}

/** A seed of one's own for every case, so that adding one changes no other (FNV-1a). */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return hash;
}

/** The values of a case's inputs, as every device gets them. */
export function inputsOf({ name, inputs }: Case): HostArray[] {
  return inputs.map((input, position) => {
    const array = hostArray(input.dtype, sizeOf(input.shape));
    array.set(input.values(new Random(seedOf(name), position), position));
    return array;
  });
}

/** Fixed weights of a gradient's elements, so that errors do not cancel: 0.5, 0.75, 1, 1.25, 0.5, … */
export const weightPattern = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => 0.5 + 0.25 * (i % 4));

/** The fixed gradient of the output that every backward comparison uses: exact in float32, never 0. */
export const seedPattern = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => (((7 * i + 3) % 11) - 5.5) / 4);

export const opOf = (name: string): string => name.split("/")[0];
