/**
 * Random numbers that do not depend on device, retracing or creation order: bits are keyed by (seed, site) and counted
 * by call. A site is the module path and the op's ordinal under it.
 */
import { fail } from "../base/errors.ts";
import { philoxFill } from "../base/philox.ts";
import type { Shape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import { core } from "../ops/core.ts";
import { shr } from "../ops/elementwise/bitwise.ts";
import { sqrt } from "../ops/elementwise/exponential.ts";
import { cos } from "../ops/elementwise/trigonometric.ts";
import { randomBits, type ScalarSource, scalar } from "../ops/sources.ts";
import { currentPath, currentTrace, perCall } from "./trace.ts";

/** Seed and call counter: what a checkpoint keeps to go on with the same numbers. */
export interface RandomState {
  /** What `setSeed` was given. */
  seed: number;
  /** Calls that drew random numbers since then. */
  counter: number;
}

const random: RandomState = { seed: 0, counter: 0 };

/**
 * Starts the random numbers of initial weights, dropout and random ops anew. The same seed gives the same bits on
 * every device. @param seed an integer in [0, 2³²).
 */
export function setSeed(seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff)
    fail("setSeed", `seed must be an integer in [0, 2^32): got ${seed}`);
  random.seed = seed;
  random.counter = 0;
}

/** The seed and the call counter, to go on from later with {@link restoreRandomState}. */
export const randomState = (): Readonly<RandomState> => ({ ...random });

/** Goes on from a {@link randomState}. @throws HeddleError when the seed is no integer in [0, 2³²) */
export function restoreRandomState(state: Readonly<RandomState>): void {
  setSeed(state.seed);
  random.counter = state.counter;
}

/** FNV-1a of a name, 32 bits. Fowler, Noll & Vo. */
function hash(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

const word = (source: ScalarSource): Node => make(scalar, [], { source, dtype: "uint32" });
const literal = (value: number): Node => word({ value, literal: true });

/** Bits of a random op at the current site: new ones at each call of a compiled function. */
export function bitsHere(shape: Shape): Node {
  const path = currentPath();
  const trace = currentTrace();
  if (!trace)
    return make(randomBits, [literal(random.seed), literal(hash(path)), literal(random.counter++)], {
      shape,
    });
  const ordinal = trace.ordinals.get(path) ?? 0;
  trace.ordinals.set(path, ordinal + 1);
  if (!trace.usesRandomness) {
    trace.usesRandomness = true;
    trace.advances.push(() => {
      random.counter++;
    });
  }
  const key = literal(hash(`${path}#${ordinal}`));
  return make(randomBits, [word(perCall(() => random.seed)), key, word(perCall(() => random.counter))], {
    shape,
  });
}

/** Bits of an initial value, keyed by the parameter's path alone. */
export function bitsOf(path: string, shape: Shape, seed = random.seed): Node {
  return make(randomBits, [literal(seed), literal(hash(`initial:${path}`)), literal(0)], { shape });
}

/** As {@link bitsOf}, on the host. */
export function hostBitsOf(path: string, count: number, seed = random.seed): Uint32Array {
  return philoxFill(seed, hash(`initial:${path}`), 0, new Uint32Array(count));
}

/** Uniform floats in [0, 1) with 24 random bits. */
export function toUniform(bits: Node): Node {
  const top = core.binary(shr, bits, core.broadcast(core.scalar(8, "uint32"), bits.shape));
  return core.mul(core.cast(top, "float32"), 2 ** -24);
}

/** Standard normal floats from twice as many bits, [2, ...shape]. Box & Muller 1958. */
export function toNormal(bits: Node): Node {
  const [, ...shape] = bits.shape;
  const uniform = toUniform(bits);
  const half = (i: number): Node => {
    const start = bits.shape.map((_, d) => (d === 0 ? i : 0));
    const stop = bits.shape.map((n, d) => (d === 0 ? i + 1 : n));
    return core.reshape(core.slice(uniform, start, stop), shape);
  };
  // 1 − u lies in (0, 1], so its logarithm is finite.
  const radius = core.unary(sqrt, core.mul(core.log(core.sub(1, half(0))), -2));
  return core.mul(radius, core.unary(cos, core.mul(half(1), 2 * Math.PI)));
}
