/**
 * Datasets: samples over columns on the host, lazily selected and transformed, delivered in batches of tensors.
 * A dataset is immutable: every method returns another one over the same columns.
 */
import { type DType, type HostArray, hostArray, promoteWeak } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { type Shape, showShape, sizeOf } from "../base/shape.ts";
import { show } from "../base/show.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { stackColumns, stackSamples } from "./assemble.ts";
import { applyStages } from "./augment/apply.ts";
import type { Stage } from "./augment/stage.ts";
import { Batches, type BatchOptions, type BatchSource } from "./batches.ts";
import { ANY_CLASSES } from "./classes.ts";
import { type ColumnSource, column, kindOf } from "./column.ts";
import { count, type ShuffleOptions, type SplitOptions, shuffleOptions, splitOptions } from "./options.ts";
import type { Pass, Portable } from "./pass.ts";
import { Rows } from "./rows.ts";
import { finish } from "./slices.ts";

/** One sample on the host: a value per column. */
export type Sample = readonly HostTensor[];

/** Samples as (input, target). */
export type Pair = [x: HostTensor, y: HostTensor];

/** A batch of samples as tensors: a tensor per column, samples along the first axis. */
export type Batch<S extends Sample> = { -readonly [C in keyof S]: Tensor };

/** What a `map` closure may return for a column; a number is weak, an array brings its kind. */
export type MappedValue =
  | number
  | HostArray
  | { readonly data: HostArray; readonly shape: Shape; readonly dtype?: DType };

/** How samples are read: straight from the columns, or changed on the way. */
interface Samples<S extends Sample> extends Portable {
  readonly changed: boolean;
  /** Whether a sample differs from pass to pass. */
  readonly random: boolean;
  /** Augmentation stages so far. */
  readonly stages: number;
  read(row: number, pass: Pass): S;
  /** The last value alone. */
  label(row: number, pass: Pass): HostTensor;
}

/** For samples read outside an epoch. */
const NO_PASS: Pass = { seed: 0, epoch: 0 };

/** Samples with their targets, in memory. Made by {@link dataset}; its methods give new ones. */
export class Dataset<S extends Sample = Pair> implements Iterable<S> {
  readonly #samples: Samples<S>;
  readonly #rows: Rows;
  #epoch = 0;

  /** @internal Use {@link dataset}. */
  constructor(samples: Samples<S>, rows: Rows) {
    this.#samples = samples;
    this.#rows = rows;
  }

  /** Samples. Runs filters that have not run yet. */
  get length(): number {
    return this.#rows.length;
  }

  /** Resolves when all values are on the host; needed only before synchronous use of a dataset made from Tensors. */
  async ready(): Promise<this> {
    await this.#source().loading();
    return this;
  }

  /** The first `n` samples, or all if there are fewer. */
  take(n: number): Dataset<S> {
    count("dataset", "take", n);
    return this.#select(this.#rows.slice((length) => [0, Math.min(n, length)]));
  }

  /** Without the first `n` samples. */
  skip(n: number): Dataset<S> {
    count("dataset", "skip", n);
    return this.#select(this.#rows.slice((length) => [Math.min(n, length), length]));
  }

  /**
   * Two disjoint datasets: `fraction` of the samples, rounded, and the rest.
   * @throws HeddleError when the fraction or an option is wrong
   */
  split(fraction: number, options?: SplitOptions): [Dataset<S>, Dataset<S>] {
    const { seed, shuffle } = splitOptions.read("dataset", options);
    if (!(fraction >= 0 && fraction <= 1)) {
      fail("dataset", `split takes a fraction between 0 and 1: got ${fraction}`);
    }
    const rows = shuffle ? this.#rows.shuffle(seed) : this.#rows;
    const cut = (length: number) => Math.round(fraction * length);
    return [
      this.#select(rows.slice((length) => [0, cut(length)])),
      this.#select(rows.slice((length) => [cut(length), length])),
    ];
  }

  /**
   * The samples in one other order, a function of `seed`. For an order per epoch see {@link batches}.
   * @throws HeddleError when an option is wrong
   */
  shuffle(options?: ShuffleOptions): Dataset<S> {
    const { seed } = shuffleOptions.read("dataset", options);
    return this.#select(this.#rows.shuffle(seed));
  }

  /** Only the samples that `keep` holds for. It is asked once for each, at the first use. */
  filter(keep: (sample: S) => boolean): Dataset<S> {
    const { read } = this.#samples;
    return this.#select(this.#rows.filter((row) => keep(read(row, NO_PASS))));
  }

  /**
   * Transforms each sample when it is read, in every epoch again, on the caller's thread.
   *
   * @example
   * train.map(([x, y]) => [x.data.map((v) => 1 - v), y]);
   * train.map(([x, y]) => [x, y.data[0] % 2]); // another label
   */
  map<R extends readonly MappedValue[]>(
    change: (sample: S) => readonly [...R],
  ): Dataset<{ -readonly [C in keyof R]: HostTensor }> {
    type Changed = { -readonly [C in keyof R]: HostTensor };
    const { read } = this.#samples;
    const changed = (row: number, pass: Pass): Changed => {
      const sample = read(row, pass);
      return change(sample).map((value, c) => hostTensor(value, sample[c])) as Changed;
    };
    const label = (row: number, pass: Pass) => lastOf(changed(row, pass));
    const samples = { ...this.#samples, changed: true, augmentations: undefined, label };
    return new Dataset({ ...samples, read: changed }, this.#rows);
  }

  /**
   * Changes the picture of each sample (its first value, float32 [height, width] or [height, width, channels]) by the
   * stages in order, anew in every epoch. What happens to a sample depends on the `seed` and the epoch of
   * {@link batches} and on the sample, not on order or batch size.
   *
   * @example
   * train.augment([pad({ pixels: 4 }), crop({ size: 32 }), flip()]);
   */
  augment(stages: readonly Stage[]): Dataset<S> {
    const { read, stages: stage, augmentations: before } = this.#samples;
    const changed = (row: number, pass: Pass): S =>
      applyStages(read(row, pass), stages, { ...pass, sample: row, stage });
    const augmentations = before && [...before, stages];
    const samples = { ...this.#samples, changed: true, random: true, augmentations, read: changed };
    return new Dataset({ ...samples, stages: stage + stages.length }, this.#rows);
  }

  /**
   * Keeps in memory what the steps before made of each sample when it was first read: slow `map`s run once.
   * Augmentations before it are drawn once, those after it in every epoch.
   */
  cache(): Dataset<S> {
    const { changed, read } = this.#samples;
    if (!changed) return this;
    const kept = new Map<number, S>();
    const recall = (row: number): S => {
      const sample = kept.get(row) ?? read(row, NO_PASS);
      kept.set(row, sample);
      return sample;
    };
    const label = (row: number) => lastOf(recall(row));
    const samples = { ...this.#samples, random: false, augmentations: undefined };
    return new Dataset({ ...samples, read: recall, label }, this.#rows);
  }

  /**
   * The samples in batches of tensors, an epoch per iteration. The last partial batch is kept.
   *
   * @example
   * for await (const [x, y] of train.batches({ batchSize: 128, shuffle: true })) await step(x, y);
   */
  batches(options?: BatchOptions): Batches<Batch<S>> {
    const deliver = (batch: Sample) =>
      batch.map(({ data, shape, dtype }) => tensor(data, { shape, dtype })) as Batch<S>;
    return new Batches(this.#source(), options, deliver);
  }

  /** As {@link batches}, in plain data: for workers and for code without tensors. */
  hostBatches(options?: BatchOptions): Batches<S> {
    return new Batches(this.#source(), options, (batch) => batch as S);
  }

  /** Samples one by one, on the host, augmented as in epoch 0. */
  *[Symbol.iterator](): Generator<S, void, undefined> {
    for (const row of finish(this.#rows.get())) yield this.#samples.read(row, NO_PASS);
  }

  /**
   * One more than the largest label of the last column, which is read whole.
   * @throws HeddleError when a label is not an integer from 0 up
   */
  numClasses(): number {
    let classes = 0;
    for (const [labels] of this.#labels().hostBatches({ batchSize: 4096, classes: ANY_CLASSES })) {
      for (const label of labels.data) classes = Math.max(classes, label + 1);
    }
    return classes;
  }

  /** The last column alone. */
  #labels(): Dataset<[HostTensor]> {
    const { columns, label } = this.#samples;
    const samples = { ...this.#samples, columns: columns.slice(-1), label };
    return new Dataset({ ...samples, read: (row, pass) => [label(row, pass)] }, this.#rows);
  }

  #select(rows: Rows): Dataset<S> {
    return new Dataset(this.#samples, rows);
  }

  #source(): BatchSource {
    const { changed, read, ...samples } = this.#samples;
    const { columns } = samples;
    return {
      ...samples,
      rows: this.#rows,
      loading: () => {
        const pending = columns.flatMap(({ loading }) => loading ?? []);
        return pending.length > 0 ? Promise.all(pending) : undefined;
      },
      stack: ({ rows, pass }) =>
        changed ? stackSamples((row) => read(row, pass), rows) : stackColumns(columns, rows),
      nextEpoch: () => this.#epoch++,
    };
  }
}

/**
 * Makes a dataset of columns with one entry per sample along the first axis: nested number arrays, typed arrays,
 * Tensors, or `{ data, shape, dtype, scale }` for what an array alone does not say.
 * Typed arrays are not copied: leave them as they are while the dataset is in use.
 *
 * @example
 * dataset([[[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]]);
 * dataset([{ data: pixels, shape: [n, 28, 28, 1], scale: 1 / 255 }, { data: labels, dtype: "int32" }]);
 * @throws HeddleError when columns differ in length, or values do not fit their shape or dtype
 */
export function dataset<const C extends readonly ColumnSource[]>(
  columns: readonly [...C],
): Dataset<{ -readonly [I in keyof C]: HostTensor }> {
  type Row = { -readonly [I in keyof C]: HostTensor };
  if (!Array.isArray(columns)) fail("dataset", `expects a list of columns: got ${show(columns)}`);
  if (columns.length === 0) fail("dataset", "at least one column is needed: got none");
  const made = columns.map(column);
  const [{ length }] = made;
  if (made.some((other) => other.length !== length)) {
    const lengths = made.map((other) => other.length);
    fail("dataset", `columns must have one length: got ${showShape(lengths)}`);
  }
  const read = (row: number) => made.map((each) => each.sample(row)) as Row;
  const label = (row: number) => made[made.length - 1].sample(row);
  const samples = { columns: made, changed: false, random: false, stages: 0, augmentations: [], read, label };
  return new Dataset(samples, Rows.all(length));
}

const lastOf = (sample: Sample): HostTensor => sample[sample.length - 1];

function hostTensor(value: MappedValue, before: HostTensor | undefined): HostTensor {
  if (typeof value === "number") {
    const dtype = promoteWeak(before?.dtype ?? "float32", value);
    return { data: hostArray(dtype, 1).fill(value), shape: [], dtype };
  }
  if (!("data" in value)) {
    const same = before?.data.length === value.length;
    return hostTensor({ data: value, shape: same ? before.shape : [value.length] }, before);
  }
  const { data, shape } = value;
  if (data.length !== sizeOf(shape)) {
    fail("dataset", `shape ${showShape(shape)} holds ${sizeOf(shape)} values: got ${data.length} from map`);
  }
  const kind = kindOf(data);
  const dtype = value.dtype ?? (kind === "int32" && before?.dtype === "bool" ? "bool" : kind);
  return { data, shape, dtype };
}
