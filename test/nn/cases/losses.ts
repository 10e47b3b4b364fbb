/** Losses with their options, and regularisers. */
import { regularizers } from "../../../src/nn/index.ts";
import * as losses from "../../../src/train/losses/index.ts";
import {
  type Case,
  type CaseOptions,
  define,
  float,
  given,
  type Input,
  int,
  type Tensor,
} from "../../support/case.ts";

type AnyLoss = (targets: Tensor, predictions: Tensor, options?: object) => Tensor;

const loss = (
  fn: AnyLoss,
  row: string,
  inputs: readonly Input[],
  options?: object,
  more?: CaseOptions,
): Case =>
  define(`losses.${fn.name}/${row}`, inputs, (_, t, p) => fn(t, p, options), {
    differentiable: [1],
    ...more,
  });

const shape = [3, 4];
const scores = float(shape, -3, 3);
const shares = float(shape, 0.05, 0.95);
const labels = int([3], 0, 4);
const oneHot = given([0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1], shape);
const both = { differentiable: [0, 1] };

const penalty = (name: "l1" | "l2" | "l1l2"): Case =>
  define(`regularizers.${name}/kernel`, [float(shape)], (_, w) => {
    const regularizer = name === "l1l2" ? regularizers.l1l2({ l1: 0.1, l2: 0.2 }) : regularizers[name](0.1);
    return regularizers.penaltyOf([{ shape, value: w, regularizer }])!;
  });

export const LOSSES: readonly Case[] = [
  loss(losses.meanSquaredError, "mean", [float(shape), float(shape)], {}, both),
  loss(losses.meanAbsoluteError, "sum", [float(shape), float(shape)], { reduction: "sum" }, both),
  loss(losses.huber, "delta", [float(shape), float(shape)], { delta: 0.7, reduction: "none" }),
  loss(losses.logCosh, "mean", [float(shape), float(shape)], {}, both),
  loss(losses.hinge, "signs", [given([1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1], shape), float(shape)]),
  loss(losses.binaryCrossentropy, "logits", [oneHot, scores], { labelSmoothing: 0.1 }),
  loss(losses.binaryCrossentropy, "probabilities", [shares, shares], { fromLogits: false }),
  loss(losses.categoricalCrossentropy, "logits", [oneHot, scores], {
    labelSmoothing: 0.2,
    reduction: "none",
  }),
  loss(losses.categoricalCrossentropy, "probabilities", [oneHot, shares], { fromLogits: false }),
  loss(losses.sparseCategoricalCrossentropy, "logits", [labels, scores]),
  loss(losses.sparseCategoricalCrossentropy, "smoothed", [labels, scores], { labelSmoothing: 0.1 }),
  loss(losses.klDivergence, "logits", [shares, scores]),
  loss(losses.cosineSimilarity, "rows", [float(shape), scores], {}, both),
  ...(["l1", "l2", "l1l2"] as const).map(penalty),
];
