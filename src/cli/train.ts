/** `heddle train`: a known network on a known dataset, or on a table of one's own. */
import { countOf } from "../nn/variable.ts";
import { deviceInfo, setDevice } from "../runtime/devices.ts";
import { setSeed } from "../runtime/random.ts";
import type { Callback } from "../train/callback.ts";
import { checkpoint } from "../train/checkpoint.ts";
import { csvLogger, jsonLogger } from "../train/loggers.ts";
import { createModel } from "../train/model.ts";
import type { FitOptions } from "../train/modelOptions.ts";
import { progress } from "../train/progress.ts";
import { stagesOf } from "./augmentation.ts";
import type { Command } from "./command.ts";
import { isDigits, type LoadedData, loadDataset } from "./datasets.ts";
import { checkWritable, sizeOfFile } from "./files.ts";
import { untilInterrupted } from "./interrupt.ts";
import { optimizerOf } from "./optimizers.ts";
import { CHECKPOINT_STEPS, type Settings, settingsOf, trainOptions } from "./settings.ts";
import { Stopwatch } from "./stopwatch.ts";
import { checkFits, isAutoencoder, type Task, taskOf } from "./tasks.ts";
import { bytes, duration, grouped } from "./text.ts";
import { startTurbo } from "./turbo.ts";
import { offerSoftwareGpu } from "./vulkan.ts";

export const trainCommand: Command = {
  name: "train",
  summary: "trains a network and saves it",
  usage: "[options]",
  options: trainOptions,
  examples: [
    "heddle train",
    "heddle train --model mlp --dataset mnist --data data/mnist --epochs 10",
    "heddle train --model resnet-20 --dataset cifar10 --data data/cifar10 --augment crop,flip \\",
    "  --optimizer momentum --learning-rate 0.1 --schedule one-cycle --weight-decay 0.001 --epochs 20",
    "heddle train --dataset csv --data iris.csv --target species",
    "heddle train --device webgpu --limit 256 --json",
  ],
  run(given) {
    const settings = settingsOf(given);
    startTurbo(given);
    return untilInterrupted((signal, left) => train(settings, signal, left));
  },
};

/** A history, whatever the metrics. */
type Lists = Readonly<Record<string, readonly number[]>>;
/** Results of one pass. */
type Results = Readonly<Record<string, number>>;

async function train(settings: Settings, signal: AbortSignal, left: (what: string) => void): Promise<void> {
  const { model: name, dataset, epochs, batchSize, device, threads, workers, save, json } = settings;
  checkFits(name, dataset);
  setSeed(settings.seed);
  for (const file of [save, settings.log, settings.checkpoint])
    if (file !== undefined) await checkWritable(file);
  if (device !== "wasm") offerSoftwareGpu();
  await setDevice(device, { threads });
  const data = await loadDataset(dataset);
  signal.throwIfAborted();

  const task = await taskOf(name, data);
  const { training, validation } = partsOf(settings, data);
  const steps = epochs * Math.ceil(training.length / batchSize);
  const model = createModel(task.network, {
    optimizer: optimizerOf(settings.optimizer, steps),
    loss: task.loss,
    metrics: task.metrics,
  });
  if (!json) console.log(`${headingOf(settings, data)}\n\n${model.summary()}\n`);

  const stopwatch = new Stopwatch();
  const options: FitOptions = {
    epochs,
    batchSize,
    validationData: task.pairs(validation),
    callbacks: [stopwatch, ...keepers(settings), ...progressBar(json)],
    signal,
    ...(workers > 0 && { workers }),
    ...(settings.resume && { resume: settings.checkpoint }),
  };
  const history: Lists = await model.fit(task.pairs(training), options).catch(async (cause) => {
    if (signal.aborted && settings.checkpoint !== undefined) {
      await model.save(settings.checkpoint);
      left(`go on with --checkpoint ${settings.checkpoint} --resume`);
    }
    throw cause;
  });
  const found =
    settings.validationSplit === undefined
      ? lastValidation(history)
      : await model.evaluate(task.pairs(data.test), { batchSize, signal });
  if (save !== undefined) await model.save(save);
  if (json) console.log(JSON.stringify(summaryOf(settings, task, history, found, stopwatch)));
  else {
    const took = duration(stopwatch.seconds);
    console.log(`\ntest ${task.describe(found)} after ${took} of training`);
    if (save !== undefined) await sayNext(save, settings);
  }
}

/** What to train on, augmented, and what to validate on. */
function partsOf({ validationSplit, augment }: Settings, { train, test, inputShape }: LoadedData) {
  const [most, held] = validationSplit === undefined ? [train, test] : train.split(1 - validationSplit);
  const stages = augment === undefined ? [] : stagesOf(augment, inputShape);
  return { training: stages.length > 0 ? most.augment(stages) : most, validation: held };
}

/** What writes files while it trains. */
function keepers({ log, checkpoint: file, resume }: Settings): Callback[] {
  const keepers = file === undefined ? [] : [checkpoint(file, { everySteps: CHECKPOINT_STEPS })];
  if (log === undefined) return keepers;
  const logger = /\.jsonl?$/.test(log) ? jsonLogger : csvLogger;
  return [logger(log, { append: resume }), ...keepers];
}

/** With --json the standard output is for the object alone; a person at the terminal still sees the bar. */
function progressBar(json: boolean): Callback[] {
  if (!json) return [progress()];
  const { stderr } = process;
  return stderr.isTTY
    ? [progress({ write: (text) => stderr.write(text), live: true, columns: stderr.columns })]
    : [];
}

function headingOf({ model, title }: Settings, { train, test, classNames }: LoadedData): string {
  const { kind, adapter, reason } = deviceInfo()!;
  const counts = `${grouped(train.length)} training and ${grouped(test.length)} test samples`;
  const classes = classNames.length > 0 ? `, classes ${classNames.join(", ")}` : "";
  return `${model} on ${title}: ${counts}${classes}\ndevice ${kind}: ${adapter} (${reason})`;
}

/** Where the test set is what is validated on, its results are known. */
function lastValidation(history: Lists): Results {
  const names = Object.keys(history).filter((name) => `val${capital(name)}` in history);
  return Object.fromEntries(names.map((name) => [name, history[`val${capital(name)}`].at(-1)!]));
}

function summaryOf(
  { model, epochs }: Settings,
  { network }: Task,
  history: Lists,
  found: Results,
  { samples, seconds }: Stopwatch,
) {
  const { kind, adapter, threads } = deviceInfo()!;
  return {
    device: kind,
    adapter,
    threads,
    model,
    parameters: countOf(network.parameters()),
    epochs,
    steps: history.stepLoss.length,
    trainSeconds: seconds,
    samplesPerSecond: samples / seconds,
    trainLoss: history.loss.at(-1),
    ...Object.fromEntries(Object.entries(found).map(([name, value]) => [`test${capital(name)}`, value])),
    history,
  };
}

const capital = (name: string): string => `${name[0].toUpperCase()}${name.slice(1)}`;

async function sayNext(file: string, { model, dataset: { name } }: Settings): Promise<void> {
  console.log(`saved to ${file} (${bytes(await sizeOfFile(file))})`);
  console.log("\nTry next:");
  if (isDigits(name) && !isAutoencoder(model))
    console.log(`  npx heddle predict --model ${file} --image FILE.png   which digit is it?`);
  console.log(`  npx heddle inspect ${file}`);
  if (name === "digits")
    console.log("  npx heddle train --dataset mnist   real digits, downloaded once (11 MB)");
}
