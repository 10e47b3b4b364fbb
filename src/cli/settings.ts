/** The options of `heddle train`, and what they come to. */
import { basename } from "node:path";
import { fail } from "../base/errors.ts";
import type { ArchitectureName } from "../models/architectures.ts";
import { AUGMENTATIONS } from "./augmentation.ts";
import type { Given, Option } from "./command.ts";
import { DATASETS, type DatasetChoice, isPictures } from "./datasets.ts";
import { OPTIMIZERS, type OptimizerChoice, SCHEDULES, SHORT_TRAINING } from "./optimizers.ts";
import { MODELS } from "./tasks.ts";
import { turboOption } from "./turbo.ts";

const DEVICES = ["auto", "wasm", "webgpu"] as const;

/** Of images, which are resized. */
const SIZE = 64;
const PICTURES = { model: "cnn", epochs: 3, batchSize: 128, learningRate: undefined } as const;
/** A table is small: more and smaller batches, and larger steps. */
const TABLE = { model: "mlp", epochs: 100, batchSize: 16, learningRate: 0.01 } as const;

/** Between two saves of a checkpoint. */
export const CHECKPOINT_STEPS = 500;

export const trainOptions: Readonly<Record<string, Option>> = {
  model: { value: "NAME", help: `${MODELS.join(", ")}; default ${PICTURES.model}, of a csv ${TABLE.model}` },
  dataset: {
    value: "NAME",
    help: `${DATASETS.join(", ")}; default digits, which are drawn; images are PNG and JPEG in a folder per class`,
  },
  data: {
    value: "PATH",
    help: "folder of the dataset, or the CSV file; default: in $HEDDLE_DATA; MNIST is else downloaded once",
  },
  size: { value: "N", help: `of images: their height and width; default ${SIZE}` },
  target: { value: "COLUMN", help: "of a csv: what to predict, a name or an index; default -1, the last" },
  regression: { help: "of a csv: the target is a number, not a class" },
  missing: {
    value: "WHAT",
    help: "of a csv: drop rows with empty fields, or fill in the mean; default error",
  },
  limit: { value: "N", help: "caps the training set and the test set" },
  "validation-split": {
    value: "X",
    help: "validates on this fraction of the training set, not on the test set",
  },
  augment: {
    value: "LIST",
    help: `changes pictures: ${AUGMENTATIONS.join(", ")}; as in flip,crop=4,rotate=15`,
  },
  epochs: { value: "N", help: `default ${PICTURES.epochs}, of a csv ${TABLE.epochs}` },
  "batch-size": { value: "N", help: `default ${PICTURES.batchSize}, of a csv ${TABLE.batchSize}` },
  optimizer: { value: "NAME", help: `${OPTIMIZERS.join(", ")}; default adam` },
  "learning-rate": {
    value: "X",
    help: `default: the optimizer's, which is Adam's 0.001; of a csv ${TABLE.learningRate}`,
  },
  schedule: {
    value: "NAME",
    help: `of the learning rate: ${SCHEDULES.join(", ")}; default cosine, below ${SHORT_TRAINING} steps constant`,
  },
  "weight-decay": {
    value: "X",
    help: "the learning rate times this fraction of the weights goes in each step",
  },
  seed: { value: "N", help: "of weights, order, augmentation and dropout; default 0" },
  device: { value: "NAME", help: `${DEVICES.join(", ")}; default auto` },
  threads: { value: "N", help: "threads of the wasm device; default: all, at most 8" },
  turbo: turboOption,
  workers: { value: "N", help: "threads that read and augment pictures while others train; default 0" },
  checkpoint: {
    value: "FILE",
    help: `saves the training there after every epoch and ${CHECKPOINT_STEPS} steps, and on Ctrl+C`,
  },
  resume: {
    help: "goes on exactly where the training in the checkpoint stopped; begins where there is none",
  },
  log: { value: "FILE", help: "a line per epoch, as CSV, or as JSON where the name ends in .json or .jsonl" },
  save: {
    value: "FILE",
    help: "default MODEL-DATASET.safetensors; with --json nothing is saved unless asked",
  },
  json: { help: "print one JSON object with device, losses, metrics and history" },
};

export interface Settings {
  readonly model: ArchitectureName;
  readonly dataset: DatasetChoice;
  /** What the data is called. */
  readonly title: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly validationSplit: number | undefined;
  /** As it was given. */
  readonly augment: string | undefined;
  readonly optimizer: OptimizerChoice;
  readonly seed: number;
  readonly device: (typeof DEVICES)[number];
  readonly threads: number | undefined;
  readonly workers: number;
  readonly checkpoint: string | undefined;
  readonly resume: boolean;
  readonly log: string | undefined;
  readonly save: string | undefined;
  readonly json: boolean;
}

/** @throws HeddleError when an option has no such value */
export function settingsOf(given: Given): Settings {
  const name = given.choice("dataset", DATASETS, "digits");
  const defaults = isPictures(name) ? PICTURES : TABLE;
  const model = given.choice("model", MODELS, defaults.model);
  const path = given.text("data");
  const isOwn = name === "images" || name === "csv";
  const title = isOwn ? basename(path ?? name).replace(/\.csv(\.gz)?$/, "") : name;
  const augment = given.text("augment");
  if (augment !== undefined && !isPictures(name)) fail("train", "--augment is for pictures, not for a csv");
  const [checkpoint, resume] = [given.text("checkpoint"), given.has("resume")];
  if (resume && checkpoint === undefined) fail("train", "--resume needs the file: --checkpoint FILE");
  const json = given.has("json");
  return {
    model,
    title,
    dataset: {
      name,
      path,
      limit: given.integer("limit", 1),
      size: given.integer("size", 1, SIZE),
      target: given.text("target"),
      regression: given.has("regression") || model === "linear-regression",
      missing: given.choice("missing", ["error", "drop", "mean"], "error"),
    },
    epochs: given.integer("epochs", 1, defaults.epochs),
    batchSize: given.integer("batch-size", 1, defaults.batchSize),
    validationSplit: given.fraction("validation-split"),
    augment,
    optimizer: {
      name: given.choice("optimizer", OPTIMIZERS, "adam"),
      learningRate: given.positive("learning-rate") ?? defaults.learningRate,
      schedule: given.choice("schedule", SCHEDULES),
      weightDecay: given.notNegative("weight-decay"),
    },
    seed: given.integer("seed", 0, 0),
    device: given.choice("device", DEVICES, "auto"),
    threads: given.integer("threads", 1),
    workers: given.integer("workers", 0, 0),
    checkpoint,
    resume,
    log: given.text("log"),
    save: given.text("save") ?? (json ? undefined : `${model}-${title}.safetensors`),
    json,
  };
}
