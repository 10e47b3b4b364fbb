/** The training loop: epochs, batches, callbacks. What few programs ask for comes from `extras.ts`. */
import type { Dataset } from "../data/dataset.ts";
import { randomState } from "../runtime/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { BatchLogs, Callback, Logs, TrainedModel, TrainingRun } from "./callback.ts";
import type { Weighted } from "./input.ts";
import { checkTargets, type LossLike } from "./losses.ts";
import type { Lists, Position } from "./position.ts";
import { Means, ResultReader, type StepResult } from "./results.ts";
import type { Measures, Step } from "./steps.ts";

/** A training with all its choices made. */
export interface Training {
  readonly model: TrainedModel;
  readonly loss: LossLike;
  readonly measures: Measures;
  readonly data: Dataset<Weighted>;
  /** Labels are checked to lie below this. */
  readonly classes: number | undefined;
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** Threads that make batches. Default 0. */
  readonly workers?: number;
  readonly epochs: number;
  readonly callbacks: readonly Callback[];
  readonly signal: AbortSignal | undefined;
  /** Where it begins; moves on. */
  readonly position: Position;
  readonly step: Step;
  /** Weights of a batch's samples. Default: those given. */
  readonly weigh?: (targets: Tensor, given: Tensor | undefined) => Tensor;
  /** The path of the first layer whose output was infinite or NaN. */
  readonly brokenIn?: (result: StepResult) => string | undefined;
  /** Called when an epoch has no more steps. */
  readonly finishEpoch?: () => Promise<void>;
  /** Results over other data, if there are any, by their names in the logs. */
  readonly validate: () => Promise<Logs>;
}

export async function train(training: Training): Promise<Lists> {
  const { model, data, measures, batchSize, shuffle, epochs, callbacks, position } = training;
  const { lists } = position;
  const { length: samples } = data;
  position.callbacks = callbacks;
  position.walk = { samples, batchSize, shuffle };
  position.widths = measures.widths;
  let stopReason: string | undefined;
  const run: TrainingRun = {
    model,
    epochs,
    samples,
    steps: Math.ceil(samples / batchSize),
    stop: (reason) => {
      stopReason ??= reason;
    },
  };
  let error: unknown;
  try {
    for (const c of callbacks) await c.onTrainBegin?.(run);
    while (position.epoch < epochs && stopReason === undefined) {
      const { epoch } = position;
      for (const c of callbacks) await c.onEpochBegin?.(epoch, run);
      const logs = await trainEpoch(training, run, () => stopReason !== undefined);
      if (!logs) break;
      for (const [name, value] of Object.entries(logs)) lists[name].push(value);
      position.trained++;
      position.epoch++;
      position.step = 0;
      delete position.totals;
      for (const c of callbacks) await c.onEpochEnd?.(epoch, logs, run);
      for (const c of callbacks) await c.onPause?.({ epoch, step: run.steps }, run);
    }
  } catch (cause) {
    error = cause;
    throw cause;
  } finally {
    for (const c of callbacks) await c.onTrainEnd?.({ history: lists, stopReason, error }, run);
  }
  return lists;
}

/** From where the epoch stands to its end; nothing where it was cut short. */
async function trainEpoch(
  training: Training,
  run: TrainingRun,
  isStopped: () => boolean,
): Promise<Logs | undefined> {
  const { data, classes, batchSize, shuffle, workers, callbacks, signal, position } = training;
  const { epoch, lists } = position;
  const means = new Means(training.measures, position.totals);
  position.totals = means.totals;
  const report = async (results: readonly StepResult[]): Promise<void> => {
    const logs = results.map((result): BatchLogs => {
      const step = means.totals.steps;
      means.add(result);
      const { loss, samples } = result;
      lists.stepLoss.push(loss);
      return { epoch, step, samples, loss, means: means.values(), brokenLayer: training.brokenIn?.(result) };
    });
    for (const c of callbacks) await c.onBatchEnd?.(logs, run);
  };
  const reader = new ResultReader(report, position.unreported?.());
  position.unreported = () => reader.unreported();
  const order = { shuffle, seed: randomState().seed, epoch: position.trained, skip: position.step };
  try {
    for await (const [x, y, ...others] of data.batches({ batchSize, classes, workers, ...order })) {
      if (signal?.aborted) break;
      checkTargets(training.loss, y);
      const [given]: Tensor[] = others;
      const weights = training.weigh ? training.weigh(y, given) : given;
      let result: Tensor;
      try {
        position.running = training.step(x, y, weights);
        result = (await position.running) as Tensor;
      } finally {
        for (const t of [x, y, given, weights]) t?.dispose();
      }
      position.step++;
      await reader.add(result, x.shape[0]);
      const { step } = position;
      const paused = callbacks.filter((c) => (epoch * run.steps + step) % (c.pauseEvery ?? 0) === 0);
      if (paused.length > 0 && step < run.steps) {
        await reader.finish();
        for (const c of paused) if (!isStopped()) await c.onPause?.({ epoch, step }, run);
      }
      if (isStopped()) break;
    }
    await reader.finish();
  } finally {
    // What is left stays readable: a model that is saved now goes on from here.
    reader.unreported();
  }
  signal?.throwIfAborted();
  if (position.step < run.steps) return;
  await training.finishEpoch?.();
  return { ...means.values(), ...(await training.validate()) };
}
