/** How often each true class (row) was taken for each class (column). */
import { checkOptions, number } from "../../base/options.ts";
import { ones, zeros } from "../../tensor/create.ts";
import { decisions } from "./decisions.ts";
import type { StreamedMetric } from "./metric.ts";

/**
 * Counts [true class][chosen class]; yes and no are classes 1 and 0.
 * @param options.threshold of outputs that say yes or no; default 0.5, and 0 for logits
 *
 * @example
 * const table = await measure(confusionMatrix(), labels, await model.predict(x));
 */
export function confusionMatrix(
  options: { threshold?: number } = {},
): StreamedMetric<"confusionMatrix", number[][]> {
  checkOptions("confusionMatrix", options, { threshold: number });
  return {
    name: "confusionMatrix",
    sums(targets, predictions, loss) {
      const { threshold } = options;
      const { truth, chosen, classes } = decisions("confusionMatrix", targets, predictions, loss, threshold);
      return zeros([classes * classes]).scatterAdd(truth.mul(classes).add(chosen), ones([truth.size]));
    },
    result(sums) {
      const classes = Math.sqrt(sums.length);
      return Array.from({ length: classes }, (_, row) => sums.slice(row * classes, (row + 1) * classes));
    },
  };
}
