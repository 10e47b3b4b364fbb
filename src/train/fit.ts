/** The training loop: epochs, batches, callbacks, validation. */
import { fail } from "../base/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import { randomState } from "../runtime/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BatchLogs, Callback, Logs, TrainedModel, TrainingRun } from "./callback.ts";
import { evaluate } from "./evaluate.ts";
import type { Weighted } from "./input.ts";
import { checkTargets, type LossLike } from "./losses.ts";
import { Means, ResultReader, type StepResult } from "./results.ts";
import type { Measures, Steps, WatchedStep } from "./steps.ts";

/** A training with all its choices made. */
export interface Training {
  readonly model: TrainedModel;
  readonly steps: Steps;
  readonly loss: LossLike;
  readonly measures: Measures;
  readonly data: Dataset<Weighted>;
  readonly validation: Dataset<Weighted> | undefined;
  /** Weights of a batch's samples by their classes. */
  readonly classWeights: ((targets: Tensor) => Tensor) | undefined;
  /** Labels are checked to lie below this. */
  readonly classes: number | undefined;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly initialEpoch: number;
  readonly epochs: number;
  /** Epochs that the model was trained for before: each one has an order of its own. */
  readonly epochsBefore: number;
  readonly callbacks: readonly Callback[];
  readonly signal: AbortSignal | undefined;
  readonly onEpoch: () => void;
}

/** Lists by name: `loss`, metrics, `valLoss`, …, an entry per epoch; `stepLoss`, an entry per step. */
export type Lists = Record<string, number[]>;

/** The key of a validation result. */
export const validationName = (name: string): string => `val${name[0].toUpperCase()}${name.slice(1)}`;

export async function train(training: Training): Promise<Lists> {
  const { model, data, measures, batchSize, initialEpoch, epochs, callbacks } = training;
  const names = ["loss", ...measures.metrics.map((m) => m.name)];
  const lists: Lists = Object.fromEntries(
    [...names, ...names.map(validationName), "stepLoss"].map((name) => [name, []]),
  );
  let stopReason: string | undefined;
  const run: TrainingRun = {
    model,
    epochs,
    samples: data.length,
    steps: Math.ceil(data.length / batchSize),
    stop: (reason) => {
      stopReason ??= reason;
    },
  };
  let error: unknown;
  try {
    for (const c of callbacks) await c.onTrainBegin?.(run);
    for (let epoch = initialEpoch; epoch < epochs && stopReason === undefined; epoch++) {
      for (const c of callbacks) await c.onEpochBegin?.(epoch, run);
      const logs = await trainEpoch(training, epoch, run, lists.stepLoss, () => stopReason !== undefined);
      for (const [name, value] of Object.entries(logs)) lists[name].push(value);
      training.onEpoch();
      for (const c of callbacks) await c.onEpochEnd?.(epoch, logs, run);
    }
  } catch (cause) {
    error = cause;
    throw cause;
  } finally {
    for (const c of callbacks) await c.onTrainEnd?.({ history: lists, stopReason, error }, run);
  }
  return lists;
}

async function trainEpoch(
  training: Training,
  epoch: number,
  run: TrainingRun,
  stepLoss: number[],
  isStopped: () => boolean,
): Promise<Logs> {
  const { steps, data, validation, classes, batchSize, shuffle, initialEpoch, epochsBefore } = training;
  const means = new Means(training.measures);
  const watched = training.callbacks.some((c) => c.watchesLayers) ? await steps.watched() : undefined;
  let step = 0;
  const report = async (results: readonly StepResult[]): Promise<void> => {
    const logs = results.map((result): BatchLogs => {
      means.add(result);
      stepLoss.push(result.loss);
      const { loss, samples } = result;
      const brokenLayer = watched && brokenIn(watched, result);
      return { epoch, step: step++, samples, loss, means: means.values(), brokenLayer };
    });
    for (const c of training.callbacks) await c.onBatchEnd?.(logs, run);
  };
  const reader = new ResultReader(report);
  const order = { shuffle, seed: randomState().seed, epoch: epochsBefore + epoch - initialEpoch };
  try {
    for await (const [x, y, ...others] of data.batches({ batchSize, classes, ...order })) {
      training.signal?.throwIfAborted();
      checkTargets(training.loss, y);
      const [given]: Tensor[] = others;
      const weights = weightsOf(y, given, training.classWeights);
      const result = await (watched ?? steps).train(x, y, weights);
      for (const t of [x, y, given, weights]) t?.dispose();
      await reader.add(result, x.shape[0]);
      if (isStopped()) break;
    }
    await reader.finish();
  } finally {
    reader.dispose();
  }
  const logs = means.values();
  if (!validation) return logs;
  const found = await evaluate({ ...training, data: validation });
  return { ...logs, ...Object.fromEntries(Object.entries(found).map(([k, v]) => [validationName(k), v])) };
}

/** The first layer whose output was infinite or NaN. */
function brokenIn({ layers }: WatchedStep, { sums }: StepResult): string | undefined {
  const peaks = sums.slice(sums.length - layers.length);
  return layers[peaks.findIndex((peak) => !Number.isFinite(peak))];
}

/** Weights of the samples, of their classes, or both. */
function weightsOf(
  targets: Tensor,
  given: Tensor | undefined,
  ofClasses: Training["classWeights"],
): Tensor | undefined {
  const weights = ofClasses?.(targets);
  return given && weights ? weights.mul(given.reshape(weights.shape)) : (weights ?? given);
}

/** @throws HeddleError when a count is not an integer of at least `least` */
export function atLeast(where: string, name: string, value: number, least: number): number {
  return Number.isInteger(value) && value >= least
    ? value
    : fail(where, `${name} must be an integer of at least ${least}: got ${value}`);
}
