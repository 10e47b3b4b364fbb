/**
 * Which samples of the columns a dataset holds, in which order. Worked out at the first use, since a filter must look
 * at the samples, and kept.
 */
import { checkSeed, Random } from "../base/philox.ts";
import { finish, type Sliced } from "./slices.ts";

/** Philox streams, so that equal seeds of different uses give unrelated orders. */
const STREAM = { once: 0x6f6e6365, epochs: 0x65706f63 };

const SLICE = 4096;

export class Rows {
  readonly #find: () => Sliced<never, Uint32Array>;
  #found: Uint32Array | undefined;

  constructor(find: () => Sliced<never, Uint32Array>) {
    this.#find = find;
  }

  static all(length: number): Rows {
    return new Rows(function* () {
      const rows = new Uint32Array(length);
      for (let i = 0; i < length; i++) {
        rows[i] = i;
        if (i % SLICE === 0) yield;
      }
      return rows;
    });
  }

  *get(): Sliced<never, Uint32Array> {
    if (this.#found) return this.#found;
    const found = yield* this.#find();
    // Two iterations may have looked at the same time: all keep the first answer.
    this.#found ??= found;
    return this.#found;
  }

  get length(): number {
    return finish(this.get()).length;
  }

  /** Rows `start` up to `end` of these, counted when known. */
  slice(range: (length: number) => readonly [start: number, end: number]): Rows {
    const get = () => this.get();
    return new Rows(function* () {
      const rows = yield* get();
      return rows.subarray(...range(rows.length));
    });
  }

  filter(keep: (row: number) => boolean): Rows {
    const get = () => this.get();
    return new Rows(function* () {
      const rows = yield* get();
      const kept: number[] = [];
      for (const row of rows) {
        if (keep(row)) kept.push(row);
        yield;
      }
      return Uint32Array.from(kept);
    });
  }

  shuffle(seed: number): Rows {
    const get = () => this.get();
    checkSeed("dataset", seed);
    return new Rows(function* () {
      return yield* permuted(yield* get(), new Random(seed, STREAM.once));
    });
  }
}

/** The order of `rows` in one epoch, a function of (seed, epoch) alone. */
export function inEpoch(rows: Uint32Array, seed: number, epoch: number): Sliced<never, Uint32Array> {
  return permuted(rows, new Random(seed, STREAM.epochs, epoch));
}

/** Fisher–Yates on a copy. */
function* permuted(rows: Uint32Array, random: Random): Sliced<never, Uint32Array> {
  const order = rows.slice();
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const row = order[i];
    order[i] = order[j];
    order[j] = row;
    if (i % SLICE === 0) yield;
  }
  return order;
}
