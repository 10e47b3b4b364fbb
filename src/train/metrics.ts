/** Metrics: a value per sample, averaged over all samples of an epoch. */
import { fail } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { fitting, type LossLike, labelsOf } from "./losses.ts";

/**
 * A measure of your own. Its name is the key in histories.
 *
 * @example
 * metrics: ["accuracy", { name: "worst", values: (t: Tensor, p: Tensor) => p.sub(t).abs().max() }]
 */
export interface Metric<N extends string = string> {
  readonly name: N;
  /** Values that are averaged: one per sample, or more. */
  values(targets: Tensor, predictions: Tensor, loss?: LossLike): Tensor;
}

const METRICS = {
  /** The share of correct predictions: of labels, one-hot targets or two classes, by the shapes. */
  accuracy: (targets: Tensor, predictions: Tensor, loss?: LossLike): Tensor => {
    const classes = predictions.rank < 2 ? 1 : predictions.shape[predictions.rank - 1];
    if (classes === 1) return twoClasses(targets, predictions, loss);
    const chosen = predictions.argMax(-1);
    if (sameShape(targets.shape, predictions.shape)) return chosen.equal(targets.argMax(-1));
    return chosen.equal(labelsOf("accuracy", targets, predictions));
  },
  /** The mean absolute error. */
  mae: (targets: Tensor, predictions: Tensor): Tensor =>
    predictions.sub(fitting("mae", targets, predictions)).abs(),
  /** The mean squared error. */
  mse: (targets: Tensor, predictions: Tensor): Tensor =>
    predictions.sub(fitting("mse", targets, predictions)).square(),
} as const;

export type MetricName = keyof typeof METRICS;

/** A name or a metric. */
export type MetricLike = MetricName | Metric;

/** The key of a metric in histories. */
export type NameOf<M> = M extends string ? M : M extends Metric<infer N> ? N : never;

/** @throws HeddleError when there is no such metric */
export function metricOf(like: MetricLike): Metric {
  if (typeof like === "object" && typeof like?.name === "string" && typeof like.values === "function") {
    return like;
  }
  if (typeof like === "string" && Object.hasOwn(METRICS, like)) return { name: like, values: METRICS[like] };
  const names = Object.keys(METRICS).join(", ");
  return fail("metrics", `must be ${names}, or { name, values }: got ${JSON.stringify(like)}`);
}

/** Logits are cut at 0, probabilities and other values at 0.5. */
function twoClasses(targets: Tensor, predictions: Tensor, loss?: LossLike): Tensor {
  const areLogits = loss === "binaryCrossentropy" && predictions.node.op.name !== "sigmoid";
  const expected = fitting("accuracy", targets, predictions).cast("float32").greater(0.5);
  return predictions.greater(areLogits ? 0 : 0.5).equal(expected);
}
