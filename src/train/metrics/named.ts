/** Metrics that are fetched when a model names one. */
import { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy, topKAccuracy } from "./accuracy.ts";
import { auc } from "./auc.ts";
import { f1, precision, recall } from "./precisionRecall.ts";
import { r2, rmse } from "./regression.ts";

export const METRICS = {
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKAccuracy,
  precision,
  recall,
  f1,
  auc,
  rmse,
  r2,
};
