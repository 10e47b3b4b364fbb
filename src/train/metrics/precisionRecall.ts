/** Precision, recall and their harmonic mean F1, from three counts per class: hits, choices and occurrences. */
import { oneOf } from "../../base/options/kinds.ts";
import { type OptionsOf, options } from "../../base/options/schema.ts";
import { ones, zeros } from "../../tensor/create.ts";
import { concat, type Tensor } from "../../tensor/tensor.ts";
import { decisions, type ThresholdOptions, thresholdOptions } from "./decisions.ts";
import type { StreamedMetric } from "./metric.ts";

const precisionRecallOptions = options({
  ...thresholdOptions.entries,
  /** How several classes become one number: the mean over classes, or from their summed counts. Default `macro`. */
  average: oneOf("macro", "micro")("macro"),
});

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface PrecisionRecallOptions extends ThresholdOptions, OptionsOf<typeof precisionRecallOptions> {}

interface Counts {
  /** Chosen and true. */
  readonly hits: number;
  readonly chosen: number;
  readonly truth: number;
}

function counting<N extends string>(
  name: N,
  score: (counts: Counts) => number,
  options: PrecisionRecallOptions | undefined,
): StreamedMetric<N> {
  const { threshold, average } = precisionRecallOptions.read(name, options);
  return {
    name,
    sums(targets, predictions, loss) {
      const { truth, chosen, classes } = decisions(name, targets, predictions, loss, threshold);
      const each = ones([truth.size]);
      const count = (of: Tensor, worth: Tensor): Tensor => zeros([classes]).scatterAdd(of, worth);
      const hits = truth.equal(chosen).cast("float32");
      return concat([count(truth, hits), count(chosen, each), count(truth, each)]);
    },
    result(sums) {
      const classes = sums.length / 3;
      const counts = Array.from({ length: classes }, (_, c) => ({
        hits: sums[c],
        chosen: sums[classes + c],
        truth: sums[2 * classes + c],
      }));
      // Of yes and no, yes counts.
      if (classes === 2) return score(counts[1]);
      if (average === "macro") return counts.reduce((sum, c) => sum + score(c), 0) / classes;
      return score(
        counts.reduce((a, b) => ({
          hits: a.hits + b.hits,
          chosen: a.chosen + b.chosen,
          truth: a.truth + b.truth,
        })),
      );
    },
  };
}

/** 0 where nothing was counted. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** The fraction of the choices that are true: of yes with two classes. @throws HeddleError when an option is wrong */
export const precision = (options?: PrecisionRecallOptions): StreamedMetric<"precision"> =>
  counting("precision", ({ hits, chosen }) => ratio(hits, chosen), options);

/** The fraction of the true that were chosen: of yes with two classes. @throws HeddleError when an option is wrong */
export const recall = (options?: PrecisionRecallOptions): StreamedMetric<"recall"> =>
  counting("recall", ({ hits, truth }) => ratio(hits, truth), options);

/** 2 · precision · recall / (precision + recall). @throws HeddleError when an option is wrong */
export const f1 = (options?: PrecisionRecallOptions): StreamedMetric<"f1"> =>
  counting("f1", ({ hits, chosen, truth }) => ratio(2 * hits, chosen + truth), options);
