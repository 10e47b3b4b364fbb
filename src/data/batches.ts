/**
 * Iteration in batches: order of the epoch, assembly ahead of use, the last partial batch.
 * `for await` keeps every stretch on the thread short and assembles ahead; a plain `for` does the same work at once.
 */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { checkSeed } from "../base/philox.ts";
import { checkClasses } from "./classes.ts";
import { count } from "./options.ts";
import type { Picked, Portable } from "./pass.ts";
import { inEpoch, type Rows } from "./rows.ts";
import { inAdvance, type Sliced } from "./slices.ts";

/** Options of {@link Dataset.batches}. */
export interface BatchOptions {
  /** Samples in a batch. Default 32. */
  readonly batchSize?: number;
  /** A new order each epoch, a function of (`seed`, epoch). Default false. */
  readonly shuffle?: boolean;
  /** Of the order and of augmentations. Default 0. */
  readonly seed?: number;
  /** Number of the epoch. Default: counted by the dataset, one for every shuffled or augmented iteration begun. */
  readonly epoch?: number;
  /** Batches left out at the beginning: the order is that of the whole epoch. Default 0. */
  readonly skip?: number;
  /** Leaves out a last batch that is not full. Default false. */
  readonly dropRemainder?: boolean;
  /** Batches assembled ahead while the caller works, with `for await`. Default 2. */
  readonly prefetch?: number;
  /**
   * Threads that assemble and augment the same batches, with `for await`. They take columns and augmentations, not the
   * closures of `map`. Default 0: this thread does it.
   */
  readonly workers?: number;
  /** Checks that labels, the second column or the only one, are integers in [0, classes). Default: no check. */
  readonly classes?: number;
}

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
  readonly #options: Required<Omit<BatchOptions, "epoch" | "classes">> & BatchOptions;
  readonly #deliver: (batch: readonly HostTensor[]) => B;

  constructor(source: BatchSource, options: BatchOptions, deliver: (batch: readonly HostTensor[]) => B) {
    this.#source = source;
    this.#options = {
      ...options,
      batchSize: count("dataset", "batchSize", options.batchSize ?? 32, 1),
      shuffle: options.shuffle ?? false,
      seed: checkSeed("dataset", options.seed ?? 0),
      skip: count("dataset", "skip", options.skip ?? 0, 0),
      dropRemainder: options.dropRemainder ?? false,
      prefetch: count("dataset", "prefetch", options.prefetch ?? 2, 0),
      workers: count("dataset", "workers", options.workers ?? 0, 0),
    };
    if (options.epoch !== undefined) count("dataset", "epoch", options.epoch, 0);
    if (options.classes !== undefined) count("dataset", "classes", options.classes, 1);
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
