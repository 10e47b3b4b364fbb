/** Metrics alone: over arrays or tensors, batch by batch or at once. */
import { fail } from "../../base/errors.ts";
import { type TensorData, tensor } from "../../tensor/create.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { LossLike } from "../losses.ts";
import { type MetricName, metricOf } from "../metrics.ts";
import { type MeanMetric, merged, type StreamedMetric, streamed } from "./metric.ts";

/** A name, a metric, or one whose result is more than a number. */
export type Measurable<R> = MetricName | MeanMetric | StreamedMetric<string, R>;

type Values = Tensor | TensorData;

/** Gathers a metric over batches. */
export interface Accumulator<R = number> {
  /** Counts a batch in. @throws HeddleError when shapes do not fit */
  add(targets: Values, predictions: Values): Promise<void>;
  /** The measure of all batches so far. @throws HeddleError before the first */
  result(): R;
  /** Forgets all batches. */
  reset(): void;
}

/**
 * Gathers a metric over batches.
 *
 * @param options.loss tells scores from probabilities, as the model's loss does
 *
 * @example
 * const area = await accumulator("auc");
 * for await (const [x, y] of test.batches()) await area.add(y, await model.predict(x));
 * console.log(area.result());
 */
export async function accumulator<R = number>(
  measure: Measurable<R>,
  options: { loss?: LossLike } = {},
): Promise<Accumulator<R>> {
  const found = typeof measure === "string" ? await metricOf(measure) : measure;
  const metric = streamed(found as MeanMetric | StreamedMetric<string, R>) as StreamedMetric<string, R>;
  let all: readonly number[] | undefined;
  let samples = 0;
  return {
    async add(targets, predictions) {
      const [t, p] = [asTensor(targets), asTensor(predictions)];
      const values = await metric.sums(t, p, options.loss).data();
      all = merged(metric, all, [...values]);
      samples += p.shape[0];
    },
    result: () =>
      all ? metric.result(all, samples) : fail(metric.name, "has no result before the first batch"),
    reset() {
      all = undefined;
      samples = 0;
    },
  };
}

/**
 * A metric of given predictions.
 *
 * @example
 * await measure("f1", [1, 0, 1], [0.9, 0.4, 0.2]); // 0.667
 * await measure(confusionMatrix(), [0, 2, 1], await model.predict(x)); // counts [true][predicted]
 */
export async function measure<R = number>(
  metric: Measurable<R>,
  targets: Values,
  predictions: Values,
  options: { loss?: LossLike } = {},
): Promise<R> {
  const all = await accumulator(metric, options);
  await all.add(targets, predictions);
  return all.result();
}

const asTensor = (values: Values): Tensor => (values instanceof Tensor ? values : tensor(values));
