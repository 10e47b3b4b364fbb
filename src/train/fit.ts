/** The training loop: epochs, batches, callbacks. Features hook into it; see `features/feature.ts`. */
import type { Batch } from "../data/dataset.ts";
import { randomState } from "../runtime/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Logs } from "./callback.ts";
import type { Weighted } from "./input.ts";
import { checkTargets } from "./losses.ts";
import type { FeatureOptions } from "./modelOptions.ts";
import { type Lists, newPosition } from "./position.ts";
import { meansOf, noTotals } from "./results.ts";
import { Run } from "./run.ts";
import type { Training } from "./training.ts";

/** The name of a validation result in logs and history: `valLoss`. */
export const validationName = (name: string): string => `val${name[0].toUpperCase()}${name.slice(1)}`;

/** Makes a run that stands before the training's first step, or where a feature has it resume. */
export async function begin(training: Training, options: FeatureOptions): Promise<Run> {
  const { data, batchSize, shuffle, measures, callbacks, initialEpoch, last } = training;
  const isPlain =
    Object.values(options).every((v) => v === undefined) && !callbacks.some((c) => c.watchesLayers);
  const features = isPlain ? [] : (await import("./features.ts")).featuresOf(training, options);
  const names = ["loss", ...measures.metrics.map((m) => m.name)];
  const lists = [...names, ...names.map(validationName), "stepLoss"].map((name) => [name, []]);
  let position = newPosition({
    trained: last.position.trained,
    epoch: initialEpoch,
    lists: Object.fromEntries(lists),
    walk: { samples: data.length, batchSize, shuffle },
  });
  for (const f of features) position = (await f.begin?.(position)) ?? position;
  return new Run(training, features, position);
}

/** Trains from the position of `run` to the end, a stop or an abort. @returns the history */
export async function train(training: Training, run: Run): Promise<Lists> {
  const { participants, position } = run;
  const errors: unknown[] = [];
  try {
    for (const p of participants) await p.onTrainBegin?.(run);
    for (const f of run.features) f.onBegun?.(participants);
    while (position.epoch < run.epochs && !run.isStopped) {
      const { epoch } = position;
      for (const p of participants) await p.onEpochBegin?.(epoch, run);
      const logs = await trainEpoch(training, run);
      if (!logs) break;
      endEpoch(run, logs);
      for (const p of participants) await p.onEpochEnd?.(epoch, logs, run);
      for (const p of participants) await p.onPause?.({ epoch, step: run.steps }, run);
    }
  } catch (error) {
    errors.push(error);
  }
  const end = { history: position.lists, stopReason: run.stopReason, error: errors[0] };
  for (const p of participants) {
    try {
      await p.onTrainEnd?.(end, run);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return position.lists;
}

/** The rest of the epoch in progress, and its validation; undefined where a stop cut the epoch short. */
async function trainEpoch(training: Training, run: Run): Promise<Logs | undefined> {
  const { data, classes, batchSize, shuffle, workers, signal, measures } = training;
  const { position, reader, features } = run;
  const order = { shuffle, seed: randomState().seed, epoch: position.trained, skip: position.step };
  try {
    for await (const batch of data.batches({ batchSize, classes, workers, ...order })) {
      try {
        if (signal?.aborted) break;
        await trainBatch(training, run, batch);
      } finally {
        for (const t of batch) t?.dispose();
      }
      await reader.report();
      await pause(run);
      if (run.isStopped) break;
    }
    await reader.finish();
  } finally {
    // After an error too, a model that is saved has the results of all its steps.
    reader.unreported();
  }
  signal?.throwIfAborted();
  if (position.step < run.steps) return undefined;
  await run.change(async () => {
    for (const f of features) await f.afterSteps?.();
  });
  return { ...meansOf(position.totals, measures), ...(await training.validate?.()) };
}

/** One step: enqueued, its result left to the reader. */
async function trainBatch({ loss }: Training, run: Run, batch: Batch<Weighted>): Promise<void> {
  const { position, reader, features } = run;
  const [x, y, ...others] = batch;
  checkTargets(loss, y);
  const [given]: Tensor[] = others;
  let weights: Tensor | undefined = given;
  for (const f of features) if (f.weigh) weights = f.weigh(y, weights);
  try {
    await run.change(async () => {
      const samples = x.shape[0];
      const result = await run.step(x, y, weights);
      position.step++;
      reader.add(result, samples);
      for (const f of features) await f.afterStep?.(samples);
    });
  } finally {
    if (weights !== given) weights?.dispose();
  }
}

/** Calls those that asked to be called after so many steps of the training. */
async function pause(run: Run): Promise<void> {
  const { epoch, step } = run.position;
  const done = epoch * run.steps + step;
  const due = run.participants.filter((p) => p.pauseEvery !== undefined && done % p.pauseEvery === 0);
  if (due.length === 0 || step === run.steps) return;
  await run.reader.finish();
  for (const p of due) if (!run.isStopped) await p.onPause?.({ epoch, step }, run);
}

/** Enters the epoch in the history and moves on to the next. */
function endEpoch({ position }: Run, logs: Logs): void {
  for (const [name, value] of Object.entries(logs)) position.lists[name].push(value);
  position.trained++;
  position.epoch++;
  position.step = 0;
  position.totals = noTotals();
}
