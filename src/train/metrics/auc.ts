/** The receiver operating characteristic: hits against false alarms for every threshold, and the area under it. */
import { kind, type OptionsOf, options } from "../../base/options/schema.ts";
import { sameShape } from "../../base/shape.ts";
import { ones, zeros } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { fitting, labelsOf } from "../losses/targets.ts";
import { type LossLike, takesLogits } from "../losses.ts";
import { isBinary } from "./decisions.ts";
import type { StreamedMetric } from "./metric.ts";

/** Points from (0, 0) to (1, 1), thresholds falling. */
export interface RocCurve {
  /** Fraction of no that is taken for yes, by threshold. */
  readonly falsePositiveRate: readonly number[];
  /** Fraction of yes that is found, by threshold. */
  readonly truePositiveRate: readonly number[];
  /** What scores reach to count as yes; the first is above them all. */
  readonly thresholds: readonly number[];
  /** The area under the curve. */
  readonly auc: number;
}

const aboveOne = /* @__PURE__ */ kind<number>((v) =>
  Number.isInteger(v) && (v as number) > 1 ? "" : "must be an integer above 1",
);

const rocOptions = options({
  /** Equal parts of [0, 1]: the thresholds of the curve. Default 200, as in Keras. */
  bins: aboveOne(200),
});

/** Options of {@link roc} and {@link auc}. */
export interface RocOptions extends OptionsOf<typeof rocOptions> {}

/**
 * The curve from counts of probabilities in `bins` equal parts of [0, 1]. Several classes are pooled,
 * one against the rest. Exact up to the width of a part; the area is NaN where one of yes and no never occurs.
 * Fawcett 2006.
 *
 * @example
 * const { truePositiveRate, auc } = await measure(roc(), labels, probabilities);
 * @throws HeddleError when an option is wrong
 */
export const roc = (options?: RocOptions): StreamedMetric<"roc", RocCurve> => streamedRoc("roc", options);

function streamedRoc<N extends string>(name: N, options?: RocOptions): StreamedMetric<N, RocCurve> {
  const { bins } = rocOptions.read(name, options);
  return {
    name,
    sums(targets, predictions, loss) {
      const { truth, scores } = yesAndScore(targets, predictions, loss);
      const part = scores
        .mul(bins)
        .clip(0, bins - 1)
        .cast("int32");
      const at = truth.cast("int32").mul(bins).add(part).reshape([scores.size]);
      return zeros([2 * bins]).scatterAdd(at, ones([scores.size]));
    },
    result: (counts) => curve(counts.slice(0, bins), counts.slice(bins)),
  };
}

/**
 * The area under {@link roc}: the chance that a yes scores above a no.
 * @throws HeddleError when an option is wrong
 */
export function auc(options?: RocOptions): StreamedMetric<"auc"> {
  const { name, sums, result } = streamedRoc("auc", options);
  return { name, sums, result: (counts, samples) => result(counts, samples).auc };
}

/** Counts of no and of yes by rising score. */
function curve(no: readonly number[], yes: readonly number[]): RocCurve {
  const [allNo, allYes] = [no, yes].map((counts) => counts.reduce((a, b) => a + b, 0));
  let [falseAlarms, hits, area] = [0, 0, 0];
  const points = [{ falseAlarms, hits, threshold: Number.POSITIVE_INFINITY }];
  for (let i = no.length - 1; i >= 0; i--) {
    // Scores of one part are ties: half of them in the right order.
    area += no[i] * (hits + yes[i] / 2);
    falseAlarms += no[i];
    hits += yes[i];
    points.push({ falseAlarms, hits, threshold: i / no.length });
  }
  return {
    falsePositiveRate: points.map((p) => p.falseAlarms / allNo),
    truePositiveRate: points.map((p) => p.hits / allYes),
    thresholds: points.map((p) => p.threshold),
    auc: area / (allNo * allYes),
  };
}

/** For each output whether it should say yes, and the probability that it gives. */
function yesAndScore(
  targets: Tensor,
  predictions: Tensor,
  loss: LossLike | undefined,
): { truth: Tensor; scores: Tensor } {
  const areLogits = takesLogits(loss, predictions);
  if (isBinary(predictions, loss)) {
    const truth = fitting("auc", targets, predictions).cast("float32").greater(0.5);
    return { truth, scores: areLogits ? predictions.sigmoid() : predictions };
  }
  const scores = areLogits ? predictions.softmax() : predictions;
  if (sameShape(targets.shape, predictions.shape)) return { truth: targets.greater(0.5), scores };
  const labels = labelsOf("auc", targets, predictions);
  return { truth: labels.oneHot(predictions.shape[predictions.rank - 1]).cast("bool"), scores };
}
