/** Fractions of correct predictions, by the form of the targets. `accuracy` picks the form by their shape. */
import { count } from "../../base/options/kinds.ts";
import { type OptionsOf, options } from "../../base/options/schema.ts";
import { fitting, labelsOf } from "../losses/targets.ts";
import { type ThresholdOptions, thresholdOptions, trueClasses, yes } from "./decisions.ts";
import type { MeanMetric } from "./metric.ts";

/** Of outputs that say yes or no. @throws HeddleError when the threshold is no number */
export function binaryAccuracy(options?: ThresholdOptions): MeanMetric<"binaryAccuracy"> {
  const { threshold } = thresholdOptions.read("binaryAccuracy", options);
  return {
    name: "binaryAccuracy",
    values: (targets, predictions, loss) =>
      yes(predictions, loss, threshold).equal(
        fitting("binaryAccuracy", targets, predictions).cast("float32").greater(0.5),
      ),
  };
}

/** Of one-hot targets [..., classes]. */
export function categoricalAccuracy(): MeanMetric<"categoricalAccuracy"> {
  return {
    name: "categoricalAccuracy",
    values: (targets, predictions) =>
      fitting("categoricalAccuracy", targets, predictions).argMax(-1).equal(predictions.argMax(-1)),
  };
}

/** Of labels [...] or [..., 1] for predictions [..., classes]. */
export function sparseCategoricalAccuracy(): MeanMetric<"sparseCategoricalAccuracy"> {
  return {
    name: "sparseCategoricalAccuracy",
    values: (targets, predictions) =>
      predictions.argMax(-1).equal(labelsOf("sparseCategoricalAccuracy", targets, predictions)),
  };
}

const topKAccuracyOptions = options({
  /** Classes that may be chosen. Default 5. */
  k: count(5),
});

/** Options of {@link topKAccuracy}. */
export interface TopKAccuracyOptions extends OptionsOf<typeof topKAccuracyOptions> {}

/**
 * Whether fewer than `k` classes score above the true one, of labels or one-hot targets.
 * @throws HeddleError when `k` is not a positive integer
 */
export function topKAccuracy(options?: TopKAccuracyOptions): MeanMetric<"topKAccuracy"> {
  const { k } = topKAccuracyOptions.read("topKAccuracy", options);
  return {
    name: "topKAccuracy",
    values(targets, predictions) {
      const truth = trueClasses("topKAccuracy", targets, predictions);
      const score = predictions.takeAlongAxis(truth.reshape([...truth.shape, 1]), -1);
      return predictions.greater(score).sum(-1).less(k);
    },
  };
}
