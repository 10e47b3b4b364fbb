/** What a network of `heddle train` learns: classes, a number, or its own input. */
import { fail } from "../base/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import { type ArchitectureName, architectures, classifiers } from "../models/architectures.ts";
import { convAutoencoder, denseAutoencoder } from "../models/autoencoders.ts";
import { linearRegression } from "../models/linear.ts";
import { normalization } from "../nn/adapted.ts";
import type { Layer } from "../nn/module.ts";
import { sequential } from "../nn/sequential.ts";
import { tensor } from "../tensor/create.ts";
import type { LossLike } from "../train/losses.ts";
import type { MetricName } from "../train/metrics.ts";
import { type DatasetChoice, isDigits, isPictures, type LoadedData } from "./datasets.ts";
import { percent } from "./text.ts";

export const MODELS = Object.keys(architectures) as ArchitectureName[];

const autoencoders = { "dense-autoencoder": denseAutoencoder, "conv-autoencoder": convAutoencoder };
/** Those that take a row of numbers. */
const TABULAR: readonly string[] = ["mlp", "wide-mlp", "logistic-regression", "linear-regression"];

export const isAutoencoder = (model: string): model is keyof typeof autoencoders =>
  Object.hasOwn(autoencoders, model);

export interface Task {
  readonly network: Layer;
  readonly loss: LossLike;
  readonly metrics: readonly MetricName[];
  /** The samples as (input, target). */
  pairs(data: Dataset): Dataset;
  /** What was found on the test set, for people. */
  describe(found: Readonly<Record<string, number>>): string;
}

/** @throws HeddleError when a network cannot take what a dataset holds */
export function checkFits(model: ArchitectureName, { name, regression }: DatasetChoice): void {
  if (!isPictures(name)) {
    if (!TABULAR.includes(model))
      fail("train", `${model} takes pictures, a table has rows of numbers: it fits ${TABULAR.join(", ")}`);
    if (regression && model === "logistic-regression")
      fail(
        "train",
        "logistic-regression tells classes apart: leave out --regression, or train linear-regression",
      );
  } else if (model === "linear-regression") {
    fail("train", "linear-regression predicts a number of a table: use --dataset csv --data FILE.csv");
  } else if (isAutoencoder(model) && !isDigits(name)) {
    fail("train", `${model} takes pictures of 28 × 28 × 1: use --dataset digits or mnist`);
  }
}

/** Builds the network for the data; of a table it also standardises the columns. */
export async function taskOf(model: ArchitectureName, data: LoadedData): Promise<Task> {
  if (isAutoencoder(model)) return reconstruction(autoencoders[model]());
  const network = networkOf(model, data);
  const { inputShape, classes, train } = data;
  if (inputShape.length > 1) return classification(network);
  const columns = await normalization().adapt(train.batches({ batchSize: 1024 }));
  const layers = [columns, network];
  return classes === undefined
    ? regression(layers, data)
    : classification(sequential(layers, { inputShape }));
}

function networkOf(model: Exclude<ArchitectureName, keyof typeof autoencoders>, data: LoadedData): Layer {
  const { inputShape, classes = 1 } = data;
  return model === "linear-regression"
    ? linearRegression({ features: inputShape[0] })
    : classifiers[model]({ inputShape, classes });
}

const classification = (network: Layer): Task => ({
  network,
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
  pairs: (data) => data,
  describe: ({ accuracy }) => `accuracy ${percent(accuracy)}`,
});

/** Learns the target in units of its standard deviation about its mean: a learning rate fits targets of any size. */
function regression(layers: readonly Layer[], { train, inputShape }: LoadedData): Task {
  const targets = Array.from(train, ([, y]) => y.data[0]);
  const mean = targets.reduce((sum, y) => sum + y, 0) / targets.length;
  const deviation = Math.sqrt(targets.reduce((sum, y) => sum + (y - mean) ** 2, 0) / targets.length) || 1;
  const unit = normalization();
  unit.build([1]);
  unit.mean.assign(tensor([-mean / deviation]));
  unit.variance.assign(tensor([1 / deviation ** 2]));
  return {
    network: sequential([...layers, unit], { inputShape }),
    loss: (y, predictions) => predictions.sub(y).div(deviation).square(),
    metrics: ["mae", "r2"],
    pairs: (data) => data,
    describe: ({ mae, r2 }) => `R² ${r2.toFixed(3)}, mean absolute error ${mae.toPrecision(3)}`,
  };
}

const reconstruction = (network: Layer): Task => ({
  network,
  loss: "binaryCrossentropy",
  metrics: ["mse"],
  pairs: (data) => data.map(([x]) => [x, x]),
  describe: ({ loss, mse }) => `loss ${loss.toFixed(4)}, mean squared error ${mse.toPrecision(3)}`,
});
