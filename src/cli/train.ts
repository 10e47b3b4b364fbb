/** `heddle train`: a known network on a known dataset. */
import { type ClassifierName, classifiers } from "../models/architectures.ts";
import { countOf } from "../nn/variable.ts";
import { adam } from "../optim/adam.ts";
import { deviceInfo, setDevice } from "../runtime/devices.ts";
import { setSeed } from "../runtime/random.ts";
import type { Callback } from "../train/callback.ts";
import { createModel, type History, type Model } from "../train/model.ts";
import { progress } from "../train/progress.ts";
import type { Command, Given } from "./command.ts";
import { DATASETS, type DatasetName, loadDataset, PICTURES } from "./datasets.ts";
import { checkWritable, sizeOfFile } from "./files.ts";
import { untilInterrupted } from "./interrupt.ts";
import { Stopwatch } from "./stopwatch.ts";
import { bytes, duration, grouped, percent } from "./text.ts";
import { offerSoftwareGpu } from "./vulkan.ts";

const MODELS = Object.keys(classifiers) as ClassifierName[];
const CLASSES = 10;
const DEVICES = ["auto", "wasm", "webgpu"] as const;

export const trainCommand: Command = {
  name: "train",
  summary: "trains a network on pictures and saves it",
  usage: "[options]",
  options: {
    model: { value: "NAME", help: `${MODELS.join(", ")}; default cnn` },
    dataset: { value: "NAME", help: `${DATASETS.join(", ")}; default digits, which are drawn` },
    data: {
      value: "DIR",
      help: "folder of the dataset's files; default: in $HEDDLE_DATA; MNIST is else downloaded once",
    },
    device: { value: "NAME", help: `${DEVICES.join(", ")}; default auto` },
    threads: { value: "N", help: "threads of the wasm device; default: all, at most 8" },
    epochs: { value: "N", help: "default 3" },
    "batch-size": { value: "N", help: "default 128" },
    "learning-rate": { value: "X", help: "of Adam; default 0.001" },
    seed: { value: "N", help: "of weights, order and dropout; default 0" },
    limit: { value: "N", help: "caps the training set and the test set" },
    save: {
      value: "FILE",
      help: "default MODEL-DATASET.safetensors; with --json nothing is saved unless asked",
    },
    json: { help: "print one JSON object with device, losses, accuracy and history" },
  },
  examples: [
    "heddle train",
    "heddle train --model mlp --dataset mnist --data data/mnist --epochs 5",
    "heddle train --device webgpu --limit 256 --json",
  ],
  run: (given) => untilInterrupted((signal) => train(given, signal)),
};

interface Settings {
  readonly model: ClassifierName;
  readonly dataset: DatasetName;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly save: string | undefined;
  readonly json: boolean;
}

async function train(given: Given, signal: AbortSignal): Promise<void> {
  const settings = settingsOf(given);
  const { model: name, dataset, epochs, batchSize, learningRate, save, json } = settings;
  const device = given.choice("device", DEVICES, "auto");
  const threads = given.integer("threads", 1);
  const source = { directory: given.text("data"), limit: given.integer("limit", 1) };
  setSeed(given.integer("seed", 0, 0));
  if (save !== undefined) await checkWritable(save);
  if (device !== "wasm") offerSoftwareGpu();
  await setDevice(device, { threads });
  const data = await loadDataset(dataset, source);
  signal.throwIfAborted();

  const model = createModel(classifiers[name]({ inputShape: PICTURES[dataset], classes: CLASSES }), {
    optimizer: adam({ learningRate }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const say = json ? () => {} : console.log;
  const info = deviceInfo()!;
  say(
    `${name} on ${dataset}: ${grouped(data.train.length)} training and ${grouped(data.test.length)} test samples`,
  );
  say(`device ${info.kind}: ${info.adapter} (${info.reason})\n`);
  say(`${model.summary()}\n`);

  const stopwatch = new Stopwatch();
  const history = await model.fit(data.train, {
    epochs,
    batchSize,
    validationData: data.test,
    callbacks: [stopwatch, ...progressBar(json)],
    signal,
  });
  if (save !== undefined) await model.save(save);
  if (json) console.log(JSON.stringify(summaryOf(settings, model, history, stopwatch)));
  else {
    const took = duration(stopwatch.seconds);
    console.log(`\ntest accuracy ${percent(history.valAccuracy.at(-1)!)} after ${took} of training`);
    if (save !== undefined) await sayNext(save, dataset);
  }
}

/** With --json the standard output is for the object alone; a person at the terminal still sees the bar. */
function progressBar(json: boolean): Callback[] {
  if (!json) return [progress()];
  const { stderr } = process;
  return stderr.isTTY
    ? [progress({ write: (text) => stderr.write(text), live: true, columns: stderr.columns })]
    : [];
}

function settingsOf(given: Given): Settings {
  const model = given.choice("model", MODELS, "cnn");
  const dataset = given.choice("dataset", DATASETS, "digits");
  const json = given.has("json");
  return {
    model,
    dataset,
    epochs: given.integer("epochs", 1, 3),
    batchSize: given.integer("batch-size", 1, 128),
    learningRate: given.positive("learning-rate", 1e-3),
    save: given.text("save") ?? (json ? undefined : `${model}-${dataset}.safetensors`),
    json,
  };
}

function summaryOf(
  { model: name, epochs }: Settings,
  { net }: Model<"accuracy">,
  { loss, accuracy, valLoss, valAccuracy, stepLoss }: History<"accuracy">,
  { samples, seconds }: Stopwatch,
) {
  const { kind, adapter, lanes } = deviceInfo()!;
  return {
    device: kind,
    adapter,
    threads: lanes,
    model: name,
    parameters: countOf(net.parameters()),
    epochs,
    steps: stepLoss.length,
    trainSeconds: seconds,
    samplesPerSecond: samples / seconds,
    trainLoss: loss.at(-1),
    testLoss: valLoss.at(-1),
    testAccuracy: valAccuracy.at(-1),
    history: { loss, accuracy, valLoss, valAccuracy, stepLoss },
  };
}

async function sayNext(file: string, dataset: DatasetName): Promise<void> {
  console.log(`saved to ${file} (${bytes(await sizeOfFile(file))})`);
  console.log("\nTry next:");
  if (dataset !== "cifar10")
    console.log(`  npx heddle predict --model ${file} --image FILE.png   which digit is it?`);
  console.log(`  npx heddle inspect ${file}`);
  if (dataset === "digits")
    console.log("  npx heddle train --dataset mnist   real digits, downloaded once (11 MB)");
}
