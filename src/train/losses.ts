/** Losses by name: which there are, their form in files, and what they expect of targets and predictions. */
import { fail } from "../base/errors.ts";
import { fraction, positive } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { show } from "../base/show.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LossOptions, reduced } from "./losses/reduction.ts";
import { type ScoreOptions, scoreOptions } from "./losses/scores.ts";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossentropy,
} from "./losses/standard.ts";
import { checkHost, isNumber, isProbability } from "./losses/targets.ts";

/** The loss of predictions: a scalar, or values whose mean is the loss, one per sample or more. */
export type Loss = (targets: Tensor, predictions: Tensor) => Tensor;

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
type LaterLoss = (typeof LATER)[number];

/** Losses that models know by name. */
export type LossName = keyof typeof LOSSES | LaterLoss;

const describedOptions = options({
  ...scoreOptions.entries,
  /** Of the cross entropies. Default 0. */
  labelSmoothing: fraction(0),
  /** Of the Huber loss. Default 1. */
  delta: positive(1),
});

/** A loss with its options, as plain data that files keep. */
export interface LossDescription extends ScoreOptions, OptionsOf<typeof describedOptions> {
  /** Which loss. */
  readonly name: LossName;
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
  const { name, ...given } = like;
  describedOptions.read(name, given);
}

/** A loss as a scalar, in which each sample counts as much as its weight says. */
export type WeightedLoss = (targets: Tensor, predictions: Tensor, sampleWeight?: Tensor) => Tensor;

const isLater = (name: LossName): name is LaterLoss => LATER.some((later) => later === name);

export async function lossOf(like: LossLike): Promise<WeightedLoss> {
  if (typeof like === "function") return weighted(like);
  const { name, ...options } = typeof like === "string" ? { name: like } : like;
  const loss: NamedLoss = isLater(name) ? (await import("./losses/named.ts")).LOSSES[name] : LOSSES[name];
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
  checkHost(name, targets, OF_PROBABILITIES.has(name) ? isProbability : isNumber);
}

/** Losses whose targets are probabilities. */
const OF_PROBABILITIES = new Set<LossName>(["binaryCrossentropy", "categoricalCrossentropy", "klDivergence"]);
