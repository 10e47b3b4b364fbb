/** Metrics by name. Those that few programs use are fetched when they are named. */
import { fail } from "../base/errors.ts";
import { sameShape } from "../base/shape.ts";
import { show } from "../base/show.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { fitting, labelsOf } from "./losses/targets.ts";
import { type LossLike, takesLogits } from "./losses.ts";
import type { Metric } from "./metrics/metric.ts";

const METRICS = {
  /** The fraction of correct predictions: of labels, one-hot targets or two classes, by the shapes. */
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

/** Fetched when they are used. */
const LATER = [
  "binaryAccuracy",
  "categoricalAccuracy",
  "sparseCategoricalAccuracy",
  "topKAccuracy",
  "precision",
  "recall",
  "f1",
  "auc",
  "rmse",
  "r2",
] as const;
type LaterMetric = (typeof LATER)[number];

/** Metrics that models know by name. */
export type MetricName = keyof typeof METRICS | LaterMetric;

/** A name or a metric. */
export type MetricLike = MetricName | Metric;

/** The key of a metric in histories. */
export type NameOf<M> = M extends string ? M : M extends Metric<infer N> ? N : never;

/** The name of a metric. @throws HeddleError when there is no such metric */
export function metricName(like: MetricLike): string {
  const names: readonly string[] = [...Object.keys(METRICS), ...LATER];
  if (typeof like === "string" && names.includes(like)) return like;
  if (typeof like === "object" && typeof like?.name === "string" && ("values" in like || "sums" in like)) {
    return like.name;
  }
  const forms = "{ name, values } or { name, sums, result }";
  return fail("metrics", `must be ${names.join(", ")}, ${forms}: got ${show(like)}`);
}

const isLater = (name: MetricName): name is LaterMetric => LATER.some((later) => later === name);

export async function metricOf(like: MetricLike): Promise<Metric> {
  if (typeof like === "object") return like;
  if (isLater(like)) return (await import("./metrics/named.ts")).METRICS[like]();
  return { name: like, values: METRICS[like] };
}

function twoClasses(targets: Tensor, predictions: Tensor, loss?: LossLike): Tensor {
  const expected = fitting("accuracy", targets, predictions).cast("float32").greater(0.5);
  return predictions.greater(takesLogits(loss, predictions) ? 0 : 0.5).equal(expected);
}
