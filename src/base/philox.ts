/**
 * Philox4x32-10, the counter-based generator behind every random number in Heddle: the bits are a pure function of
 * (key, counter), so any element can be made anywhere, in any order. Integer arithmetic only: the same on every
 * device. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 */
import { fail } from "./errors.ts";

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** The upper word of a 32 × 32 bit product: doubles hold 53 bits, so one factor is cut in halves. */
function multiplyHigh(a: number, b: number): number {
  const low = (a & 0xffff) * b;
  const high = (a >>> 16) * b;
  return ((high + Math.floor(low / 0x10000)) / 0x10000) >>> 0;
}

/** Writes the four words of block (`counter0`…`counter3`) under the key to `out[at…at + 3]`. */
export function philox(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
  out: Uint32Array,
  at = 0,
): void {
  let [c0, c1, c2, c3, k0, k1] = [counter0, counter1, counter2, counter3, key0, key1];
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0 >>> 0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2 >>> 0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** Fills `out` with the random words of elements 0, 1, 2, …: word i is word `i & 3` of block (i >> 2, 0, counter, 0). */
export function philoxFill(key0: number, key1: number, counter: number, out: Uint32Array): Uint32Array {
  const whole = out.length & ~3;
  for (let i = 0; i < whole; i += 4) philox(i >> 2, 0, counter, 0, key0, key1, out, i);
  if (whole < out.length) {
    const block = new Uint32Array(4);
    philox(whole >> 2, 0, counter, 0, key0, key1, block);
    out.set(block.subarray(0, out.length - whole), whole);
  }
  return out;
}

/** A seed is any integer; its low 32 bits are the first key word. */
export function checkSeed(where: string, seed: number): number {
  return Number.isSafeInteger(seed) ? seed >>> 0 : fail(where, `seed must be an integer: got ${seed}`);
}

/** The words of one (key, counter) in order, as numbers of the usual kinds. For host code: shuffles, synthetic data. */
export class Random {
  readonly #key0: number;
  readonly #key1: number;
  readonly #counter: number;
  readonly #block = new Uint32Array(4);
  #next = 0;

  /** `stream` tells apart what draws from one seed; `counter` the calls or samples within a stream. */
  constructor(seed: number, stream = 0, counter = 0) {
    this.#key0 = checkSeed("random", seed);
    this.#key1 = stream;
    this.#counter = counter;
  }

  /** 32 random bits. */
  bits(): number {
    const word = this.#next++;
    if ((word & 3) === 0) philox(word >>> 2, 0, this.#counter, 0, this.#key0, this.#key1, this.#block);
    return this.#block[word & 3];
  }

  /** A real number in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.bits() / 2 ** 32);
  }

  /** An integer in [0, n), n ≤ 2³²; the bias is below n / 2³². One word each, so that draws stay addressable. */
  below(n: number): number {
    return Math.floor((this.bits() * n) / 2 ** 32);
  }
}
