/** The compiled functions of a model: a training step is one plan, and so are evaluation and prediction. */
import { fail } from "../base/errors.ts";
import type { Layer } from "../nn/module.ts";
import { penaltyOf, type RegularizerLike } from "../nn/regularizers.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { type CompiledFunction, jit } from "../tensor/jit.ts";
import { concat, Tensor } from "../tensor/tensor.ts";
import { valueAndGrad } from "../tensor/transforms.ts";
import { type LossLike, lossOf, type WeightedLoss } from "./losses.ts";
import { type StreamedMetric, streamed } from "./metrics/metric.ts";
import { type MetricLike, metricOf } from "./metrics.ts";

/** One step: the loss and the numbers of each metric as one vector. Weights are one per sample. */
type Step = CompiledFunction<[x: Tensor, y: Tensor, weights?: Tensor], Tensor>;

export interface Steps {
  readonly train: Step;
  readonly evaluate: Step;
  readonly predict: CompiledFunction<[x: Tensor], Tensor>;
  /** A training step that also looks at the layers. */
  watched(): Promise<WatchedStep>;
  /** Fetches the loss and the metrics: before the first step. */
  ready(): Promise<Measures>;
  dispose(): void;
}

/** The metrics of a model. */
export interface Measures {
  readonly metrics: readonly StreamedMetric[];
  /** How many numbers of a step belong to each; known after the first step. */
  readonly widths: readonly number[];
}

/** Its result ends with the largest magnitude in the output of each layer. */
export interface WatchedStep {
  readonly train: Step;
  /** Paths of the layers; known after the first step. */
  readonly layers: readonly string[];
}

export interface StepOptions {
  readonly optimizer: Optimizer | undefined;
  readonly loss: LossLike | undefined;
  readonly metrics: readonly MetricLike[];
  readonly regularizer?: RegularizerLike | undefined;
}

export function compileSteps(net: Layer, { optimizer, loss, metrics, regularizer }: StepOptions): Steps {
  let lossFn: WeightedLoss | undefined;
  let measures: StreamedMetric[] = [];
  const widths: number[] = [];
  const ready = async (): Promise<Measures> => {
    lossFn ??= loss && (await lossOf(loss));
    measures = (await Promise.all(metrics.map(metricOf))).map((m) => streamed(m));
    return { metrics: measures, widths };
  };

  const assess = (x: Tensor, y: Tensor, weights?: Tensor): readonly [loss: Tensor, ...sums: Tensor[]] => {
    const predictions = net.apply(x);
    if (!lossFn) fail("model", "has no loss: give createModel or compile one");
    const value = lossFn(y, predictions, weights);
    const penalty = penaltyOf(net.trainableParameters(), regularizer);
    const sums = measures.map((m) => m.sums(y, predictions, loss).cast("float32"));
    widths.splice(0, widths.length, ...sums.map((s) => s.size));
    return [penalty ? value.add(penalty) : value, ...sums];
  };
  const joined = (parts: readonly Tensor[]): Tensor => concat(parts.map((p) => p.reshape([p.size])));
  const trainBy = (judge: typeof assess): Step => {
    const judgeWithGrads = valueAndGrad(net, judge);
    const train = (x: Tensor, y: Tensor, weights?: Tensor): Tensor => {
      const [value, gradients, ...sums] = judgeWithGrads(x, y, weights);
      if (!optimizer) fail("model", "has no optimizer: give createModel or compile one");
      optimizer.update(gradients);
      return joined([value, ...sums]);
    };
    return jit(train, { training: true, name: "training step" });
  };
  const predict = (x: Tensor): Tensor => {
    const y = net.apply(x);
    return y instanceof Tensor ? y : fail("predict", "the network must return one tensor");
  };
  const steps = {
    train: trainBy(assess),
    evaluate: jit((x: Tensor, y: Tensor, weights?: Tensor) => joined(assess(x, y, weights)), {
      training: false,
      name: "evaluation step",
    }),
    predict: jit(predict, { training: false, name: "prediction" }),
  };

  let watchedStep: WatchedStep | undefined;
  const watched = async (): Promise<WatchedStep> => {
    const { peaksOf } = await import("./peaks.ts");
    const layers: string[] = [];
    watchedStep ??= {
      layers,
      train: trainBy((x, y, weights) => {
        const { result, peaks, ...found } = peaksOf(() => assess(x, y, weights));
        layers.splice(0, layers.length, ...found.layers);
        return [...result, ...peaks];
      }),
    };
    return watchedStep;
  };
  const dispose = (): void => {
    for (const step of [...Object.values(steps), watchedStep?.train]) step?.dispose();
  };
  return { ...steps, watched, ready, dispose };
}
