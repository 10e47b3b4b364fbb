/** Sums that metrics accumulate on the device. */

import * as metrics from "../../../src/train/metrics/index.ts";
import { type MeanMetric, streamed } from "../../../src/train/metrics/metric.ts";
import { type Case, define, float, given, type Input, int } from "../../support/case.ts";

const yes = given([1, 0, 1, 1, 0, 0]);
const shares = float([6], 0.02, 0.98);
const labels = int([6], 0, 4);
const oneHot = given([0, 1, 0, 1, 0, 0, 0, 0, 1], [3, 3]);

type AnyMetric = () => { readonly name: string };

const metric = (make: AnyMetric, targets: Input, predictions: Input): Case =>
  define(
    `metrics.${make.name}/batch`,
    [targets, predictions],
    (_, t, p) => streamed(make() as MeanMetric).sums(t, p),
    { differentiable: false, why: "a measure: not differentiated" },
  );

export const METRICS: readonly Case[] = [
  metric(metrics.binaryAccuracy, yes, shares),
  metric(metrics.categoricalAccuracy, oneHot, float([3, 3])),
  metric(metrics.sparseCategoricalAccuracy, labels, float([6, 4])),
  metric(metrics.topKAccuracy, labels, float([6, 7])),
  metric(metrics.precision, labels, float([6, 4])),
  metric(metrics.recall, yes, shares),
  metric(metrics.f1, yes, shares),
  metric(metrics.roc, yes, shares),
  metric(metrics.auc, labels, float([6, 4], 0.02, 0.98)),
  metric(metrics.confusionMatrix, labels, float([6, 4])),
  metric(metrics.rmse, float([4, 2]), float([4, 2])),
  metric(metrics.r2, float([4, 2]), float([4, 2])),
];
