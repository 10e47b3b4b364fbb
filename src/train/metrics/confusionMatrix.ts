/** How often each true class (row) was taken for each class (column). */
import { ones, zeros } from "../../tensor/create.ts";
import { decisions, type ThresholdOptions, thresholdOptions } from "./decisions.ts";
import type { StreamedMetric } from "./metric.ts";

/**
 * Counts [true class][chosen class]; yes and no are classes 1 and 0.
 * @throws HeddleError when the threshold is no number
 *
 * @example
 * const table = await measure(confusionMatrix(), labels, await model.predict(x));
 */
export function confusionMatrix(options?: ThresholdOptions): StreamedMetric<"confusionMatrix", number[][]> {
  const { threshold } = thresholdOptions.read("confusionMatrix", options);
  return {
    name: "confusionMatrix",
    sums(targets, predictions, loss) {
      const { truth, chosen, classes } = decisions("confusionMatrix", targets, predictions, loss, threshold);
      return zeros([classes * classes]).scatterAdd(truth.mul(classes).add(chosen), ones([truth.size]));
    },
    result(sums) {
      const classes = Math.sqrt(sums.length);
      return Array.from({ length: classes }, (_, row) => sums.slice(row * classes, (row + 1) * classes));
    },
  };
}
