// MNIST's training images from $HEDDLE_DATA or ../shared/data; without them as many digits that Heddle draws.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { digits, mnist } from "../../dist/node/data/index.js";
import { root } from "../../tools/setup.mjs";

const folders = [process.env.HEDDLE_DATA, join(root, "../shared/data")];

/** The first `count` of them. */
export async function trainingImages(count) {
  const folder = folders.filter(Boolean).find((path) => existsSync(join(path, "mnist")));
  if (!folder) return { source: "drawn", train: (await digits({ train: count, test: 1 })).train };
  const { train } = await mnist({ directory: join(folder, "mnist") });
  return { source: "MNIST", train: train.take(count) };
}
