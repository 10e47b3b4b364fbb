/** `heddle/metrics`: metrics with options, and metrics alone. Models take most of them by name. */
export {
  type Accumulator,
  accumulator,
  type Measurable,
  type MeasureOptions,
  measure,
} from "./accumulator.ts";
export {
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  type TopKAccuracyOptions,
  topKAccuracy,
} from "./accuracy.ts";
export { auc, type RocCurve, type RocOptions, roc } from "./auc.ts";
export { confusionMatrix } from "./confusionMatrix.ts";
export type { ThresholdOptions } from "./decisions.ts";
export type { MeanMetric, Metric, StreamedMetric } from "./metric.ts";
export { f1, type PrecisionRecallOptions, precision, recall } from "./precisionRecall.ts";
export { r2, rmse } from "./regression.ts";
