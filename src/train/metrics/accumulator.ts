/** Metrics alone: over arrays or tensors, batch by batch or at once. */
import { fail } from "../../base/errors.ts";
import { kind, type OptionsOf, options } from "../../base/options/schema.ts";
import { type TensorData, tensor } from "../../tensor/create.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { checkLoss, type LossLike } from "../losses.ts";
import { type MetricName, metricOf } from "../metrics.ts";
import { type MeanMetric, merged, type StreamedMetric, streamed } from "./metric.ts";

/** A name, a metric, or one whose result is more than a number. */
export type Measurable<R> = MetricName | MeanMetric | StreamedMetric<string, R>;

type Values = Tensor | TensorData;

const lossLike = /* @__PURE__ */ kind<LossLike>((like) => void checkLoss(like as LossLike));

const measureOptions = options({
  /** Tells logits from probabilities, as the model's loss does. Default: none, so that predictions are probabilities. */
  loss: lossLike(),
});

/** Options of {@link measure} and {@link accumulator}. */
export interface MeasureOptions extends OptionsOf<typeof measureOptions> {}

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
 * @example
 * const area = await accumulator("auc");
 * for await (const [x, y] of test.batches()) await area.add(y, await model.predict(x));
 * console.log(area.result());
 * @throws HeddleError when there is no such metric, or an option is wrong
 */
export async function accumulator<R = number>(
  measure: Measurable<R>,
  options?: MeasureOptions,
): Promise<Accumulator<R>> {
  const { loss } = measureOptions.read("accumulator", options);
  const found = typeof measure === "string" ? await metricOf(measure) : measure;
  const metric = streamed(found as MeanMetric | StreamedMetric<string, R>) as StreamedMetric<string, R>;
  let all: readonly number[] | undefined;
  let samples = 0;
  return {
    async add(targets, predictions) {
      const [t, p] = [asTensor(targets), asTensor(predictions)];
      const values = await metric.sums(t, p, loss).data();
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
  options?: MeasureOptions,
): Promise<R> {
  const values = measureOptions.read("measure", options);
  const all = await accumulator(metric, values);
  await all.add(targets, predictions);
  return all.result();
}

const asTensor = (values: Values): Tensor => (values instanceof Tensor ? values : tensor(values));
