/** The compiled functions of a model: a training step is one plan, and so are evaluation and prediction. */
import { fail } from "../base/errors.ts";
import type { Layer } from "../nn/module.ts";
import { penaltyOf, type RegularizerLike } from "../nn/regularizers.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { type CompiledStep, compiledStep } from "../tensor/jit.ts";
import { concat, Tensor } from "../tensor/tensor.ts";
import { type Gradients, valueAndGrad } from "../tensor/transforms/grad.ts";
import { type LossLike, lossOf, type WeightedLoss } from "./losses.ts";
import { type StreamedMetric, streamed } from "./metrics/metric.ts";
import { type MetricLike, metricOf } from "./metrics.ts";

/** One step: the loss and the numbers of each metric as one vector. Weights are one per sample. */
export type Step = (x: Tensor, y: Tensor, weights?: Tensor) => Promise<Tensor>;

/** Records the loss of a batch, and further numbers. */
export type Judge = (x: Tensor, y: Tensor, weights?: Tensor) => readonly [loss: Tensor, ...others: Tensor[]];

/** How a training step differs from the plain one. */
export interface Variant {
  /** Records more. */
  readonly observe?: (judge: Judge) => Judge;
  /** Takes the gradients of a batch of so many samples. Default: the optimizer updates by them. */
  readonly take?: (gradients: Gradients, samples: number) => void;
}

export interface Steps {
  readonly evaluate: Step;
  readonly predict: CompiledStep<[x: Tensor], Tensor>;
  /** The training step. Each variant is compiled once. */
  train(variant?: Variant): Step;
  /** Has a compiled function freed with the steps. */
  owns(compiled: { dispose(): void }): void;
  /** Fetches the loss and the metrics: before the first step. */
  ready(): Promise<Measures>;
  dispose(): void;
}

/** The metrics of a model. */
export interface Measures {
  readonly metrics: readonly StreamedMetric[];
  /** How many numbers of a step belong to each; known after the first step. */
  readonly widths: number[];
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

  const assess: Judge = (x, y, weights) => {
    const predictions = net.apply(x);
    if (!lossFn) fail("model", "has no loss: give createModel or compile one");
    const value = lossFn(y, predictions, weights);
    const penalty = penaltyOf(net.trainableParameters(), regularizer);
    const sums = measures.map((m) => m.sums(y, predictions, loss).cast("float32"));
    widths.splice(0, widths.length, ...sums.map((s) => s.size));
    return [penalty ? value.add(penalty) : value, ...sums];
  };
  const joined = (parts: readonly Tensor[]): Tensor => concat(parts.map((p) => p.reshape([p.size])));
  const update = (gradients: Gradients): void => {
    if (!optimizer) fail("model", "has no optimizer: give createModel or compile one");
    optimizer.update(gradients);
  };
  const compileTrain = ({ observe, take = update }: Variant) => {
    const judgeWithGrads = valueAndGrad(net, observe?.(assess) ?? assess);
    const train = (x: Tensor, y: Tensor, weights?: Tensor): Tensor => {
      const [value, gradients, ...sums] = judgeWithGrads(x, y, weights);
      take(gradients, x.shape[0]);
      return joined([value, ...sums]);
    };
    return compiledStep(train, { training: true, name: "training step" });
  };
  const predict = (x: Tensor): Tensor => {
    const y = net.apply(x);
    return y instanceof Tensor ? y : fail("predict", "the network must return one tensor");
  };
  const steps = {
    evaluate: compiledStep((x: Tensor, y: Tensor, weights?: Tensor) => joined(assess(x, y, weights)), {
      training: false,
      name: "evaluation step",
    }),
    predict: compiledStep(predict, { training: false, name: "prediction" }),
  };

  const owned: { dispose(): void }[] = Object.values(steps);
  const known: { variant: Variant; step: Step }[] = [];
  const train = (variant: Variant = {}): Step => {
    const { observe, take } = variant;
    const found = known.find((k) => k.variant.observe === observe && k.variant.take === take);
    if (found) return found.step;
    const step = compileTrain(variant);
    known.push({ variant, step });
    owned.push(step);
    return step;
  };
  const dispose = (): void => {
    for (const compiled of owned) compiled.dispose();
  };
  return { ...steps, train, owns: (compiled) => void owned.push(compiled), ready, dispose };
}
