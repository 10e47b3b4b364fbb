/** What a metric is: numbers of a batch, worked out on the device, and what all batches come to, on the host. */
import type { Tensor } from "../../tensor/tensor.ts";
import type { LossLike } from "../losses.ts";

/**
 * A measure that is averaged over all samples. Its name is the key in histories.
 *
 * @example
 * metrics: ["accuracy", { name: "worst", values: (t: Tensor, p: Tensor) => p.sub(t).abs().max() }]
 */
export interface MeanMetric<N extends string = string> {
  /** The key in histories. */
  readonly name: N;
  /** Values that are averaged: one per sample, or more. @param loss what the model is trained with */
  values(targets: Tensor, predictions: Tensor, loss?: LossLike): Tensor;
}

/** A measure that is no mean: a ratio of sums, a curve, a table. */
export interface StreamedMetric<N extends string = string, R = number> {
  /** The key in histories. */
  readonly name: N;
  /** Numbers of a batch. @param loss what the model is trained with */
  sums(targets: Tensor, predictions: Tensor, loss?: LossLike): Tensor;
  /** The numbers of two batches as one. Default: their sums. */
  merge?(a: readonly number[], b: readonly number[]): number[];
  /** The measure over all batches. */
  result(sums: readonly number[], samples: number): R;
}

/** A measure of a model's predictions. */
export type Metric<N extends string = string> = MeanMetric<N> | StreamedMetric<N>;

/** Every metric as a streamed one. */
export function streamed<R = number>(
  metric: MeanMetric | StreamedMetric<string, R>,
): StreamedMetric<string, R | number> {
  if ("sums" in metric) return metric;
  return {
    name: metric.name,
    sums(targets, predictions, loss) {
      const values = metric.values(targets, predictions, loss);
      // A sum of zeros and ones is exact, a mean is not.
      return values
        .cast("float32")
        .sum()
        .div(values.size / predictions.shape[0]);
    },
    result: ([sum], samples) => sum / samples,
  };
}

/** The numbers of all batches so far and those of another one. */
export function merged(
  metric: StreamedMetric<string, unknown>,
  all: readonly number[] | undefined,
  batch: readonly number[],
): readonly number[] {
  if (!all) return batch;
  return metric.merge?.(all, batch) ?? all.map((n, i) => n + batch[i]);
}
