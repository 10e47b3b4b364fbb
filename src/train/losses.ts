/**
 * Losses: targets first, as in Keras, the mean over all samples. Classification takes logits; a final softmax or
 * sigmoid of the network is seen in the graph and left out, which is the stable form of the same loss.
 */
import { fail } from "../base/errors.ts";
import { checkOptions, flag, positive, type Rules, share, show } from "../base/options.ts";
import * as composites from "../ops/composites.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type LossOptions, lossRules, reduced } from "./losses/reduction.ts";
import { logitsOf, MARGIN, type ScoreOptions, scoresOf } from "./losses/scores.ts";
import { checkHost, fitting, isNumber, isShare, labelsOf } from "./losses/targets.ts";

/** The loss of predictions: a scalar, or values whose mean is the loss, one per sample or more. */
export type Loss = (targets: Tensor, predictions: Tensor) => Tensor;

/** Options of the cross entropies. */
export interface CrossentropyOptions extends LossOptions, ScoreOptions {
  /** This share of the target is spread over all classes. Szegedy et al. 2016. Default 0. */
  labelSmoothing?: number;
}

const crossentropyRules: Rules<CrossentropyOptions> = {
  ...lossRules,
  fromLogits: flag,
  labelSmoothing: share,
};

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
  checkOptions(where, options, crossentropyRules);
  const given = fitting(where, targets, predictions).cast("float32");
  checkTargets(where, targets);
  const t = smoothed(given, 2, options);
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
  checkOptions(where, options, crossentropyRules);
  checkTargets(where, targets);
  const given = fitting(where, targets, predictions).cast("float32");
  const t = smoothed(given, predictions.shape[predictions.rank - 1], options);
  return reduced(new Tensor(composites.crossEntropy(logitsOf(predictions, options).node, t.node)), options);
}

/** Targets are labels 0 … classes − 1 of shape [...] (or [..., 1]) for predictions [..., classes]. */
export function sparseCategoricalCrossentropy(
  targets: Tensor,
  predictions: Tensor,
  options: CrossentropyOptions = {},
): Tensor {
  const where = "sparseCategoricalCrossentropy";
  checkOptions(where, options, crossentropyRules);
  const labels = labelsOf(where, targets, predictions);
  const classes = predictions.shape[predictions.rank - 1];
  const rule = `labels must be integers in [0, ${classes})`;
  checkHost(where, targets, { rule, holds: (v) => Number.isInteger(v) && v >= 0 && v < classes });
  const logits = logitsOf(predictions, options).node;
  if (!options.labelSmoothing) {
    return reduced(new Tensor(composites.sparseCrossEntropy(logits, labels.node)), options);
  }
  const t = smoothed(new Tensor(composites.oneHot(labels.node, classes)), classes, options);
  return reduced(new Tensor(composites.crossEntropy(logits, t.node)), options);
}

function difference(
  where: "meanSquaredError" | "meanAbsoluteError",
  targets: Tensor,
  predictions: Tensor,
  options: LossOptions,
): Tensor {
  checkOptions(where, options, lossRules);
  checkTargets(where, targets);
  return predictions.sub(fitting(where, targets, predictions));
}

function smoothed(t: Tensor, classes: number, options: CrossentropyOptions): Tensor {
  const { labelSmoothing = 0 } = options;
  return labelSmoothing === 0 ? t : t.mul(1 - labelSmoothing).add(labelSmoothing / classes);
}

type NamedLoss = (targets: Tensor, predictions: Tensor, options?: LossOptions) => Tensor;

const LOSSES = {
  meanSquaredError,
  meanAbsoluteError,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} as const satisfies Record<string, NamedLoss>;

/** Fetched when they are used. */
const LATER = ["huber", "logCosh", "hinge", "klDivergence", "cosineSimilarity"] as const;

/** Losses that models know by name. */
export type LossName = keyof typeof LOSSES | (typeof LATER)[number];

/** A loss with its options, as plain data that files keep. */
export interface LossDescription extends ScoreOptions {
  /** Which loss. */
  readonly name: LossName;
  /** Of the cross entropies. Default 0. */
  readonly labelSmoothing?: number;
  /** Of the Huber loss. Default 1. */
  readonly delta?: number;
}

/** A name, a name with options, or a function of targets and predictions. */
export type LossLike = LossName | LossDescription | Loss;

/** The name of a loss; undefined for a function. */
export const lossName = (like: LossLike | undefined): LossName | undefined =>
  typeof like === "object" ? like?.name : typeof like === "string" ? like : undefined;

/** @throws HeddleError when there is no such loss */
export function checkLoss(like: LossLike): void {
  if (typeof like === "function") return;
  const names: readonly string[] = [...Object.keys(LOSSES), ...LATER];
  if (!names.includes(lossName(like) ?? "")) {
    fail("loss", `must be one of ${names.join(", ")}, or a function: got ${show(like)}`);
  }
  if (typeof like !== "object") return;
  const { name, ...options } = like;
  checkOptions(name, options, { fromLogits: flag, labelSmoothing: share, delta: positive });
}

/** A loss as a scalar, in which each sample counts as much as its weight says. */
export type WeightedLoss = (targets: Tensor, predictions: Tensor, sampleWeight?: Tensor) => Tensor;

export async function lossOf(like: LossLike): Promise<WeightedLoss> {
  if (typeof like === "function") return weighted(like);
  const { name, ...options } = typeof like === "string" ? { name: like } : like;
  const losses: Partial<Record<LossName, NamedLoss>> =
    name in LOSSES ? LOSSES : (await import("./losses/named.ts")).LOSSES;
  const loss = losses[name]!;
  return (targets, predictions, sampleWeight) => loss(targets, predictions, { ...options, sampleWeight });
}

function weighted(loss: Loss): WeightedLoss {
  return (targets, predictions, sampleWeight) => {
    const values = loss(targets, predictions);
    if (values.rank > 0) return reduced(values, { sampleWeight });
    if (sampleWeight) {
      fail("loss", 'weights of samples need a value per sample, as with reduction "none": got a scalar');
    }
    return values;
  };
}

/** Whether the loss takes these predictions as logits of a sigmoid or softmax. */
export function takesLogits(like: LossLike | undefined, predictions: Tensor): boolean {
  const fromLogits = typeof like === "object" ? like.fromLogits : undefined;
  const isCrossentropy = /crossentropy/i.test(lossName(like) ?? "");
  return isCrossentropy && (fromLogits ?? !/^(sigmoid|softmax)$/.test(predictions.node.op.name));
}

/** Checks targets on the host by the rule of a loss; labels of classes need their number, and the dataset's check. */
export function checkTargets(like: LossLike | undefined, targets: Tensor): void {
  const name = lossName(like);
  if (name === undefined || name === "sparseCategoricalCrossentropy") return;
  checkHost(name, targets, SHARES.has(name) ? isShare : isNumber);
}

/** Losses whose targets are probabilities. */
const SHARES = new Set<LossName>(["binaryCrossentropy", "categoricalCrossentropy", "klDivergence"]);
