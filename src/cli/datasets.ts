/** The datasets of `heddle train`. */

import { fail } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { cifar10 } from "../data/cifar10.ts";
import { digits } from "../data/digits.ts";
import type { TrainTest } from "../data/mnist.ts";
import { mnist } from "../data/mnist.ts";

/** Shapes of the pictures; all have ten classes. */
export const PICTURES = {
  digits: [28, 28, 1],
  mnist: [28, 28, 1],
  cifar10: [32, 32, 3],
} as const satisfies Record<string, Shape>;

export type DatasetName = keyof typeof PICTURES;
export const DATASETS = Object.keys(PICTURES) as DatasetName[];

const DIGITS = { train: 6000, test: 1000 };

/** @param limit caps the training and the test set @throws HeddleError when files are missing or corrupt */
export async function loadDataset(
  name: DatasetName,
  { directory, limit = Number.POSITIVE_INFINITY }: { directory?: string; limit?: number },
): Promise<TrainTest> {
  if (name === "digits") {
    if (directory !== undefined)
      fail("train", "--data is for the other datasets: the digits are drawn, not read");
    return digits({ train: Math.min(limit, DIGITS.train), test: Math.min(limit, DIGITS.test) });
  }
  const { train, test } = await (name === "mnist" ? mnist : cifar10)({ directory });
  return limit === Number.POSITIVE_INFINITY
    ? { train, test }
    : { train: train.take(limit), test: test.take(limit) };
}
