/**
 * Iteration in batches: order of the epoch, assembly ahead of use, the last partial batch.
 * `for await` keeps every stretch on the thread short and assembles ahead; a plain `for` does the same work at once.
 */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { count, flag, fromZero, integer } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { checkSeed } from "../base/philox.ts";
import { checkClasses } from "./classes.ts";
import type { Picked, Portable } from "./pass.ts";
import { inEpoch, type Rows } from "./rows.ts";
import { inAdvance, type Sliced } from "./slices.ts";

const batchOptions = options({
  /** Samples in a batch. Default 32. */
  batchSize: count(32),
  /** A new order each epoch, a function of (`seed`, epoch). Default false. */
  shuffle: flag(false),
  /** Of the order and of augmentations. Default 0. */
  seed: integer(0),
  /** Number of the epoch. Default: counted by the dataset, one for every shuffled or augmented iteration begun. */
  epoch: fromZero(),
  /** Batches left out at the beginning: the order is that of the whole epoch. Default 0. */
  skip: fromZero(0),
  /** Leaves out a last batch that is not full. Default false. */
  dropRemainder: flag(false),
  /** Batches assembled ahead while the caller works, with `for await`. Default 2. */
  prefetch: fromZero(2),
  /**
   * Threads that assemble and augment the same batches, with `for await`. They take columns and augmentations, not the
   * closures of `map`. Default 0: this thread does it.
   */
  workers: fromZero(0),
  /** Checks that labels, the second column or the only one, are integers in [0, classes). Default: no check. */
  classes: count(),
});

/** Options of {@link Dataset.batches}. */
export interface BatchOptions extends OptionsOf<typeof batchOptions> {}

/** What batches are made of. */
export interface BatchSource extends Portable {
  readonly rows: Rows;
  /** Whether samples differ from pass to pass. */
  readonly random: boolean;
  /** Resolves when all values are on the host; undefined when they are. */
  loading(): Promise<unknown> | undefined;
  /** Stacks samples. */
  stack(picked: Picked): Sliced<never, readonly HostTensor[]>;
  /** The epoch that begins now. */
  nextEpoch(): number;
}

/** A dataset cut into batches; can be iterated over many times, each time is an epoch. */
export class Batches<B> implements AsyncIterable<B>, Iterable<B> {
  readonly #source: BatchSource;
  readonly #options: ValuesOf<typeof batchOptions>;
  readonly #deliver: (batch: readonly HostTensor[]) => B;

  constructor(
    source: BatchSource,
    options: BatchOptions | undefined,
    deliver: (batch: readonly HostTensor[]) => B,
  ) {
    this.#source = source;
    const values = batchOptions.read("dataset", options);
    this.#options = { ...values, seed: checkSeed("dataset", values.seed) };
    this.#deliver = deliver;
  }

  /** Batches in an epoch. Runs filters that have not run yet. */
  get length(): number {
    const { batchSize, skip, dropRemainder } = this.#options;
    const batches = this.#source.rows.length / batchSize;
    return Math.max(0, (dropRemainder ? Math.floor(batches) : Math.ceil(batches)) - skip);
  }

  *[Symbol.iterator](): Generator<B, void, undefined> {
    if (this.#options.workers > 0) fail("dataset", "workers deliver to `for await`, not to `for`");
    for (const batch of this.#assemble()) if (batch) yield this.#deliver(batch);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    await this.#source.loading();
    const { prefetch, workers } = this.#options;
    const crew =
      workers > 0 ? new (await import("./workers/crew.ts")).Crew(this.#source, workers) : undefined;
    const batches = crew
      ? inAdvance(this.#picks(), Math.max(prefetch, workers), async (picked) =>
          this.#checked(await crew.stack(picked), picked),
        )
      : inAdvance(this.#assemble(), prefetch, (batch) => batch);
    try {
      for await (const batch of batches) yield this.#deliver(batch);
    } finally {
      await crew?.end();
    }
  }

  *#assemble(): Sliced<readonly HostTensor[]> {
    for (const picked of this.#picks()) {
      if (picked) yield this.#checked(yield* this.#source.stack(picked), picked);
      else yield;
    }
  }

  *#picks(): Sliced<Picked> {
    const { batchSize, shuffle, seed, skip, dropRemainder } = this.#options;
    const source = this.#source;
    const rows = yield* source.rows.get();
    const epoch = this.#options.epoch ?? (shuffle || source.random ? source.nextEpoch() : 0);
    const order = shuffle ? yield* inEpoch(rows, seed, epoch) : rows;
    for (let start = skip * batchSize; start < order.length; start += batchSize) {
      if (dropRemainder && start + batchSize > order.length) return;
      yield { rows: order.subarray(start, start + batchSize), pass: { seed, epoch } };
    }
  }

  #checked(batch: readonly HostTensor[], { rows }: Picked): readonly HostTensor[] {
    const { classes } = this.#options;
    if (classes !== undefined) checkClasses(batch[1] ?? batch[0], classes, (i) => rows[i]);
    return batch;
  }
}
