/** The datasets of `heddle train`: those that come with Heddle, folders of pictures, tables. */
import { fail } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { cifar10 } from "../data/cifar10.ts";
import type { Dataset } from "../data/dataset.ts";
import { digits } from "../data/digits.ts";
import { imageFolder } from "../data/imageFolder.ts";
import { mnist, type TrainTest } from "../data/mnist.ts";
import { readTable } from "./table.ts";

export const DATASETS = ["digits", "mnist", "cifar10", "images", "csv"] as const;
type DatasetName = (typeof DATASETS)[number];

const DIGITS = { train: 6000, test: 1000 };
/** Of data without a test set of its own. */
const TRAINING_FRACTION = 0.8;

export interface DatasetChoice {
  readonly name: DatasetName;
  /** Folder of the files, or the file of a table. */
  readonly path?: string | undefined;
  /** Caps the training and the test set. */
  readonly limit?: number | undefined;
  /** Of `images`: pixels of a side. */
  readonly size: number;
  /** Of a table: the column to predict. */
  readonly target?: string | undefined;
  /** Of a table: whether that is a number. */
  readonly regression: boolean;
  /** Of a table: what becomes of empty fields. */
  readonly missing: "error" | "drop" | "mean";
}

/** Samples with what a network must know about them. */
export interface LoadedData extends TrainTest {
  /** Of x. */
  readonly inputShape: Shape;
  /** How many; undefined where the target is a number. */
  readonly classes: number | undefined;
  /** For people; empty where they are the digits. */
  readonly classNames: readonly string[];
}

/** Gray pictures of 28 × 28 pixels. */
export const isDigits = (name: DatasetName): boolean => name === "digits" || name === "mnist";
export const isPictures = (name: DatasetName): boolean => name !== "csv";

/** @throws HeddleError when files are missing or corrupt, or an option is for other datasets */
export async function loadDataset(choice: DatasetChoice): Promise<LoadedData> {
  const { name, limit, target, regression } = choice;
  if (name !== "csv" && (target !== undefined || regression)) {
    const option = regression ? "regression" : "target";
    fail("train", `--${option} is for --dataset csv: ${name} has classes of its own`);
  }
  const { train, test, ...about } = await LOADERS[name](choice);
  return limit === undefined
    ? { train, test, ...about }
    : { train: train.take(limit), test: test.take(limit), ...about };
}

const LOADERS: Record<DatasetName, (choice: DatasetChoice) => Promise<LoadedData>> = {
  async digits({ path, limit }) {
    if (path !== undefined) fail("train", "--data is for the other datasets: the digits are drawn, not read");
    const atMost = (count: number): number => Math.min(limit ?? count, count);
    const parts = await digits({ train: atMost(DIGITS.train), test: atMost(DIGITS.test) });
    return { ...parts, inputShape: [28, 28, 1], classes: 10, classNames: [] };
  },

  async mnist({ path }) {
    return { ...(await mnist({ directory: path })), inputShape: [28, 28, 1], classes: 10, classNames: [] };
  },

  async cifar10({ path }) {
    if (path === undefined && !process.env.HEDDLE_DATA)
      fail("train", "--dataset cifar10 needs its folder: --data FOLDER, or one in $HEDDLE_DATA");
    const { classes, ...parts } = await cifar10({ directory: path });
    return { ...parts, inputShape: [32, 32, 3], classes: classes.length, classNames: classes };
  },

  async images({ path, size }) {
    if (path === undefined) return fail("train", "--dataset images needs a folder: --data FOLDER");
    const { data, classes } = await imageFolder(path, { size, fit: "cover" });
    return { ...divided(data), inputShape: [size, size, 3], classes: classes.length, classNames: classes };
  },

  async csv(choice) {
    const { path, regression } = choice;
    if (path === undefined) return fail("train", "--dataset csv needs a file: --data FILE.csv");
    const { data, features, classes } = await readTable({ ...choice, path });
    const count = regression ? undefined : classes.length;
    return { ...divided(data), inputShape: [features], classes: count, classNames: classes };
  },
};

function divided(data: Dataset): TrainTest {
  const [train, test] = data.split(TRAINING_FRACTION);
  return { train, test };
}
