/** The datasets of `heddle train`. */

import { fail } from "../base/errors.ts";
import { digits } from "../data/digits.ts";
import type { TrainTest } from "../data/mnist.ts";
import { mnist } from "../data/mnist.ts";

export const DATASETS = ["digits", "mnist"] as const;
export type DatasetName = (typeof DATASETS)[number];

const DIGITS = { train: 6000, test: 1000 };

/** @param limit caps the training and the test set @throws HeddleError when files are missing or corrupt */
export async function loadDataset(
  name: DatasetName,
  { directory, limit = Number.POSITIVE_INFINITY }: { directory?: string; limit?: number },
): Promise<TrainTest> {
  if (name === "digits") {
    if (directory !== undefined)
      fail("train", "--data is for --dataset mnist: the digits are drawn, not read");
    return digits({ train: Math.min(limit, DIGITS.train), test: Math.min(limit, DIGITS.test) });
  }
  const { train, test } = await mnist({ directory });
  return limit === Number.POSITIVE_INFINITY
    ? { train, test }
    : { train: train.take(limit), test: test.take(limit) };
}
