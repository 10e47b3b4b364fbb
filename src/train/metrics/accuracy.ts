/** Shares of correct predictions, by the form of the targets. `accuracy` picks the form by their shape. */
import { checkOptions, count, number } from "../../base/options.ts";
import { fitting, labelsOf } from "../losses/targets.ts";
import { trueClasses, yes } from "./decisions.ts";
import type { MeanMetric } from "./metric.ts";

/** Of outputs that say yes or no. @param options.threshold default 0.5, and 0 for logits */
export function binaryAccuracy(options: { threshold?: number } = {}): MeanMetric<"binaryAccuracy"> {
  checkOptions("binaryAccuracy", options, { threshold: number });
  return {
    name: "binaryAccuracy",
    values: (targets, predictions, loss) =>
      yes(predictions, loss, options.threshold).equal(
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

/**
 * Whether fewer than `k` (default 5) classes score above the true one, of labels or one-hot targets.
 * @throws HeddleError when `k` is not a positive integer
 */
export function topKAccuracy(options: { k?: number } = {}): MeanMetric<"topKAccuracy"> {
  checkOptions("topKAccuracy", options, { k: count });
  const { k = 5 } = options;
  return {
    name: "topKAccuracy",
    values(targets, predictions) {
      const truth = trueClasses("topKAccuracy", targets, predictions);
      const score = predictions.takeAlongAxis(truth.reshape([...truth.shape, 1]), -1);
      return predictions.greater(score).sum(-1).less(k);
    },
  };
}
