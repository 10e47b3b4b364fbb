/**
 * Losses: targets first, as in Keras, the mean over all samples. Classification takes logits; a final softmax or
 * sigmoid of the network is seen in the graph and left out, which is the stable form of the same loss.
 */
import { fail } from "../base/errors.ts";
import { type Shape, sameShape, showShape } from "../base/shape.ts";
import * as composites from "../ops/composites.ts";
import type { Storage } from "../runtime/storage.ts";
import { Tensor } from "../tensor/tensor.ts";

/** The loss of predictions, a scalar. */
export type Loss = (targets: Tensor, predictions: Tensor) => Tensor;

export interface CrossentropyOptions {
  /** Whether predictions are logits. Default: true, unless a softmax or sigmoid made them. */
  fromLogits?: boolean;
}

/** Probabilities stay this far from 0 and 1, as in Keras. */
const MARGIN = 1e-7;

/** The mean of (prediction − target)². */
export function meanSquaredError(targets: Tensor, predictions: Tensor): Tensor {
  return difference("meanSquaredError", targets, predictions).square().mean();
}

/** The mean of |prediction − target|. */
export function meanAbsoluteError(targets: Tensor, predictions: Tensor): Tensor {
  return difference("meanAbsoluteError", targets, predictions).abs().mean();
}

/** Targets in [0, 1], one for each prediction. */
export function binaryCrossentropy(
  targets: Tensor,
  predictions: Tensor,
  options: CrossentropyOptions = {},
): Tensor {
  const where = "binaryCrossentropy";
  const t = fitting(where, targets, predictions).cast("float32");
  checkTargets(where, targets);
  const { scores, areLogits } = scoresOf(predictions, "sigmoid", options);
  if (areLogits) return new Tensor(composites.binaryCrossEntropy(scores.node, t.node)).mean();
  const p = scores.clip(MARGIN, 1 - MARGIN);
  const agreement = t.mul(p.log()).add(t.mul(-1).add(1).mul(p.mul(-1).add(1).log()));
  return agreement.mean().neg();
}

/** Targets are probabilities of the shape of the predictions, [..., classes]. */
export function categoricalCrossentropy(
  targets: Tensor,
  predictions: Tensor,
  options: CrossentropyOptions = {},
): Tensor {
  const where = "categoricalCrossentropy";
  checkTargets(where, targets);
  const t = fitting(where, targets, predictions).cast("float32");
  return new Tensor(composites.crossEntropy(logitsOf(predictions, options).node, t.node)).mean();
}

/** Targets are labels 0 … classes − 1 of shape [...] (or [..., 1]) for predictions [..., classes]. */
export function sparseCategoricalCrossentropy(
  targets: Tensor,
  predictions: Tensor,
  options: CrossentropyOptions = {},
): Tensor {
  const where = "sparseCategoricalCrossentropy";
  const labels = labelsOf(where, targets, predictions);
  const classes = predictions.shape[predictions.rank - 1];
  const isClass = (v: number): boolean => Number.isInteger(v) && v >= 0 && v < classes;
  checkHost(where, targets, `labels must be integers in [0, ${classes})`, isClass);
  return new Tensor(composites.sparseCrossEntropy(logitsOf(predictions, options).node, labels.node)).mean();
}

export const LOSSES = {
  meanSquaredError,
  meanAbsoluteError,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} as const satisfies Record<string, Loss>;

export type LossName = keyof typeof LOSSES;

/** A name, or a function of targets and predictions. */
export type LossLike = LossName | Loss;

/** @throws HeddleError when there is no such loss */
export function lossOf(like: LossLike): Loss {
  if (typeof like === "function") return like;
  if (Object.hasOwn(LOSSES, like)) return LOSSES[like];
  const names = Object.keys(LOSSES).join(", ");
  return fail("loss", `must be one of ${names}, or a function: got ${JSON.stringify(like)}`);
}

function difference(
  where: "meanSquaredError" | "meanAbsoluteError",
  targets: Tensor,
  predictions: Tensor,
): Tensor {
  checkTargets(where, targets);
  return predictions.sub(fitting(where, targets, predictions));
}

/** Labels as int32, without a last axis of length 1. */
export function labelsOf(where: string, targets: Tensor, predictions: Tensor): Tensor {
  const expected = predictions.shape.slice(0, -1);
  const column = [...expected, 1];
  if (predictions.rank < 2 || !(sameShape(targets.shape, expected) || sameShape(targets.shape, column))) {
    mismatch(where, `labels ${showShape(expected)}`, targets, predictions.shape);
  }
  return targets.cast("int32").reshape(expected);
}

/** Targets in the shape of the predictions; they may lack, or alone have, a last axis of length 1. */
export function fitting(where: string, targets: Tensor, predictions: Tensor): Tensor {
  const { shape } = predictions;
  if (sameShape(targets.shape, shape)) return targets;
  const same = sameShape(withoutLastOne(targets.shape), withoutLastOne(shape));
  return same ? targets.reshape(shape) : mismatch(where, `targets ${showShape(shape)}`, targets, shape);
}

const withoutLastOne = (shape: Shape): Shape => (shape.at(-1) === 1 ? shape.slice(0, -1) : shape);

function mismatch(where: string, expected: string, targets: Tensor, shape: Shape): never {
  return fail(
    where,
    `expects ${expected} for predictions ${showShape(shape)}: got ${showShape(targets.shape)}`,
  );
}

const isNumber = { rule: "targets must be numbers", holds: (v: number) => !Number.isNaN(v) };
const isShare = { rule: "targets must lie in [0, 1]", holds: (v: number) => v >= 0 && v <= 1 };
const RULES = {
  meanSquaredError: isNumber,
  meanAbsoluteError: isNumber,
  binaryCrossentropy: isShare,
  categoricalCrossentropy: isShare,
};

/** Checks targets on the host by the rule of a loss; labels of classes need their number, and the dataset's check. */
export function checkTargets(loss: LossLike | undefined, targets: Tensor): void {
  if (typeof loss !== "string" || loss === "sparseCategoricalCrossentropy") return;
  checkHost(loss, targets, RULES[loss].rule, RULES[loss].holds);
}

/** Values that are still on the host are checked at once; inside a compiled function there are none. */
function checkHost(where: string, targets: Tensor, rule: string, isFine: (v: number) => boolean): void {
  const host = (targets.node.storage as Storage | undefined)?.host;
  const at = host?.findIndex((v) => !isFine(v)) ?? -1;
  if (!host || at < 0) return;
  const sample = Math.floor((at * targets.shape[0]) / host.length);
  fail(where, `${rule}: got ${host[at]} at sample ${targets.rank === 0 ? 0 : sample}`);
}

/** What the last op squashed, where it was a softmax or sigmoid and is still in the graph. */
function scoresOf(
  predictions: Tensor,
  squash: "softmax" | "sigmoid",
  { fromLogits }: CrossentropyOptions,
): { scores: Tensor; areLogits: boolean } {
  const { node } = predictions;
  if (node.op.name !== squash || fromLogits === true) {
    return { scores: predictions, areLogits: fromLogits ?? true };
  }
  const [before] = node.inputs;
  return before ? { scores: new Tensor(before), areLogits: true } : { scores: predictions, areLogits: false };
}

/** Logits; for probabilities their logarithm, which softmax normalises again. */
function logitsOf(predictions: Tensor, options: CrossentropyOptions): Tensor {
  const { scores, areLogits } = scoresOf(predictions, "softmax", options);
  return areLogits ? scores : scores.clip(MARGIN, 1).log();
}
