/** Standardisation: values less their mean, in units of their standard deviation, as learnt from training samples. */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { oneOf } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { sizeOf } from "../base/shape.ts";
import type { Dataset, Pair, Sample } from "./dataset.ts";

const standardizeOptions = options({
  /**
   * What has a mean of its own: `channel`, every entry of the last axis (the columns of a table, the colours of
   * pictures); `feature`, every value of a sample (each colour of each pixel). Default `channel`.
   */
  per: oneOf("channel", "feature")("channel"),
});

/** Options of {@link standardize}. */
export interface StandardizeOptions extends OptionsOf<typeof standardizeOptions> {}

/** What standardisation learns, as plain data. */
export interface Statistics {
  /** What is subtracted, one number per feature or channel. */
  readonly mean: readonly number[];
  /** Of the population (divided by n). */
  readonly deviation: readonly number[];
}

/** Standardises the first value of samples. `JSON.stringify` keeps it, `new Standardizer(data)` brings it back. */
export class Standardizer implements Statistics {
  /** What is subtracted, one number per feature or channel. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];

  /** @throws HeddleError when the lists are empty, differ in length, or hold something other than numbers */
  constructor({ mean, deviation }: Statistics) {
    if (!areNumbers(mean) || !areNumbers(deviation) || mean.length !== deviation.length) {
      fail("standardize", "statistics are two lists of numbers, mean and deviation, of one length");
    }
    this.mean = mean;
    this.deviation = deviation;
  }

  /**
   * The samples with their first value standardised; where a deviation is 0, only the mean is taken away.
   * @throws HeddleError when a sample is read that has another number of values
   */
  apply<S extends Sample = Pair>(dataset: Dataset<S>): Dataset<S> {
    const scales = this.deviation.map((deviation) => 1 / (deviation || 1));
    // The first value stays a float32 tensor of its shape, the others are as they were: S holds.
    return dataset.map(([x, ...others]) => [this.#scaled(x, scales), ...others]) as unknown as Dataset<S>;
  }

  #scaled({ data, shape }: HostTensor, scales: readonly number[]): HostTensor {
    const { mean } = this;
    if (mean.length !== data.length && mean.length !== shape[shape.length - 1]) {
      const rule = `${mean.length} means fit samples of ${mean.length} values or with a last axis of ${mean.length}`;
      fail("standardize", `${rule}: got shape [${shape.join(", ")}]`);
    }
    const out = new Float32Array(data.length);
    for (let i = 0; i < out.length; i++) {
      const entry = i % mean.length;
      out[i] = (data[i] - mean[entry]) * scales[entry];
    }
    return { data: out, shape, dtype: "float32" };
  }
}

/**
 * Learns mean and deviation of the first value of the samples, to apply them to these and to others.
 *
 * @example
 * const scaler = await standardize(train);
 * await model.fit(scaler.apply(train), { validationData: scaler.apply(test) });
 * @throws HeddleError when there are no samples, or a value is not finite
 */
export async function standardize<S extends Sample>(
  dataset: Dataset<S>,
  options: StandardizeOptions = {},
): Promise<Standardizer> {
  const { per } = standardizeOptions.read("standardize", options);
  let sums: Sums | undefined;
  for await (const [{ data, shape }] of dataset.hostBatches({ batchSize: 256, epoch: 0 })) {
    const [, ...sample] = shape;
    const entries = per === "channel" ? (sample[sample.length - 1] ?? 1) : sizeOf(sample);
    sums ??= new Sums(entries);
    sums.add(data);
  }
  return sums
    ? new Standardizer(sums.statistics())
    : fail("standardize", "there are no samples to learn from");
}

/** Sums in float64 around the first value of each entry, so that large means cost no digits. */
class Sums {
  readonly #origin: Float64Array;
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  constructor(readonly entries: number) {
    this.#origin = new Float64Array(entries);
    this.#sum = new Float64Array(entries);
    this.#squares = new Float64Array(entries);
  }

  add(data: ArrayLike<number>): void {
    const { entries } = this;
    if (this.#count === 0) for (let e = 0; e < entries; e++) this.#origin[e] = data[e];
    for (let i = 0; i < data.length; i++) {
      const entry = i % entries;
      const value = data[i] - this.#origin[entry];
      this.#sum[entry] += value;
      this.#squares[entry] += value * value;
    }
    this.#count += data.length / entries;
  }

  statistics(): Statistics {
    const means = this.#sum.map((sum) => sum / this.#count);
    const bad = means.findIndex((mean) => !Number.isFinite(mean));
    if (bad >= 0) fail("standardize", `entry ${bad} has values that are not finite`);
    const variance = (e: number) => Math.max(0, this.#squares[e] / this.#count - means[e] ** 2);
    return {
      mean: Array.from(means, (mean, e) => mean + this.#origin[e]),
      deviation: Array.from(means, (_, e) => Math.sqrt(variance(e))),
    };
  }
}

const areNumbers = (list: unknown): boolean =>
  Array.isArray(list) && list.length > 0 && list.every((value) => Number.isFinite(value));
