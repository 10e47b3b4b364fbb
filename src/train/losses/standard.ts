/**
 * The usual losses: targets first, as in Keras, the mean over all samples. Classification takes logits; a final softmax
 * or sigmoid of the network is seen in the graph and left out, which is the stable form of the same loss.
 */
import { fraction } from "../../base/options/kinds.ts";
import { type OptionsOf, options } from "../../base/options/schema.ts";
import { labelRule } from "../../data/classes.ts";
import * as composites from "../../ops/composites.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { type LossOptions, lossOptions, reduced } from "./reduction.ts";
import { logitsOf, MARGIN, type ScoreOptions, scoreOptions, scoresOf } from "./scores.ts";
import { checkHost, fitting, isNumber, isProbability, labelsOf } from "./targets.ts";

const crossentropyOptions = options({
  ...lossOptions.entries,
  ...scoreOptions.entries,
  /** This fraction of the target is spread over all classes. Szegedy et al. 2016. Default 0. */
  labelSmoothing: fraction(0),
});

/** Options of the cross entropies. */
export interface CrossentropyOptions
  extends LossOptions,
    ScoreOptions,
    OptionsOf<typeof crossentropyOptions> {}

/** The mean of (prediction − target)². */
export function meanSquaredError(targets: Tensor, predictions: Tensor, options: LossOptions = {}): Tensor {
  return reduced(difference("meanSquaredError", targets, predictions, options).square(), options);
}

/** The mean of |prediction − target|. */
export function meanAbsoluteError(targets: Tensor, predictions: Tensor, options: LossOptions = {}): Tensor {
  return reduced(difference("meanAbsoluteError", targets, predictions, options).abs(), options);
}

/** Targets in [0, 1], one for each prediction. */
export function binaryCrossentropy(
  targets: Tensor,
  predictions: Tensor,
  options: CrossentropyOptions = {},
): Tensor {
  const where = "binaryCrossentropy";
  const { labelSmoothing } = crossentropyOptions.read(where, options);
  const given = fitting(where, targets, predictions).cast("float32");
  checkHost(where, targets, isProbability);
  const t = smoothed(given, 2, labelSmoothing);
  const { scores, areLogits } = scoresOf(predictions, "sigmoid", options);
  if (areLogits) {
    return reduced(new Tensor(composites.binaryCrossEntropy(scores.node, t.node)), options);
  }
  const p = scores.clip(MARGIN, 1 - MARGIN);
  const agreement = t.mul(p.log()).add(t.mul(-1).add(1).mul(p.mul(-1).add(1).log()));
  return reduced(agreement.neg(), options);
}

/** Targets are probabilities of the shape of the predictions, [..., classes]. */
export function categoricalCrossentropy(
  targets: Tensor,
  predictions: Tensor,
  options: CrossentropyOptions = {},
): Tensor {
  const where = "categoricalCrossentropy";
  const { labelSmoothing } = crossentropyOptions.read(where, options);
  checkHost(where, targets, isProbability);
  const given = fitting(where, targets, predictions).cast("float32");
  const t = smoothed(given, predictions.shape[predictions.rank - 1], labelSmoothing);
  return reduced(new Tensor(composites.crossEntropy(logitsOf(predictions, options).node, t.node)), options);
}

/** Targets are labels 0 … classes − 1 of shape [...] (or [..., 1]) for predictions [..., classes]. */
export function sparseCategoricalCrossentropy(
  targets: Tensor,
  predictions: Tensor,
  options: CrossentropyOptions = {},
): Tensor {
  const where = "sparseCategoricalCrossentropy";
  const { labelSmoothing } = crossentropyOptions.read(where, options);
  const labels = labelsOf(where, targets, predictions);
  const classes = predictions.shape[predictions.rank - 1];
  const holds = (v: number): boolean => Number.isInteger(v) && v >= 0 && v < classes;
  checkHost(where, targets, { rule: labelRule(classes), holds });
  const logits = logitsOf(predictions, options).node;
  if (labelSmoothing === 0) {
    return reduced(new Tensor(composites.sparseCrossEntropy(logits, labels.node)), options);
  }
  const t = smoothed(new Tensor(composites.oneHot(labels.node, classes)), classes, labelSmoothing);
  return reduced(new Tensor(composites.crossEntropy(logits, t.node)), options);
}

function difference(where: string, targets: Tensor, predictions: Tensor, options: LossOptions): Tensor {
  lossOptions.read(where, options);
  checkHost(where, targets, isNumber);
  return predictions.sub(fitting(where, targets, predictions));
}

const smoothed = (t: Tensor, classes: number, smoothing: number): Tensor =>
  smoothing === 0 ? t : t.mul(1 - smoothing).add(smoothing / classes);
