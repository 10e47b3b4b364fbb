/** What `fit`, `evaluate` and `predict` take as data. */
import { fail } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import type { ColumnSource } from "../data/column.ts";
import { Dataset, dataset, type Pair, type Sample } from "../data/dataset.ts";
import type { Layer } from "../nn/module.ts";

/** Samples with targets: a dataset, or arrays or tensors with one entry per sample. */
export type TrainingData = Dataset<Pair> | readonly [x: ColumnSource, y: ColumnSource];

/** @throws HeddleError when it is neither a dataset nor [x, y], or holds nothing */
export async function pairsOf(where: string, data: TrainingData): Promise<Dataset<Pair>> {
  if (!(data instanceof Dataset) && !(Array.isArray(data) && data.length === 2)) {
    fail(
      where,
      `expects a dataset or [x, y]: got ${Array.isArray(data) ? `${data.length} arrays` : typeof data}`,
    );
  }
  const pairs = data instanceof Dataset ? data : dataset([data[0], data[1]]);
  return checkNotEmpty(where, pairs);
}

export async function checkNotEmpty<S extends Sample>(where: string, data: Dataset<S>): Promise<Dataset<S>> {
  await data.ready();
  return data.length > 0 ? data : fail(where, "the dataset is empty");
}

/** Fixes the shapes of a network that does not know them yet. */
export function buildFor(net: Layer, data: Dataset<Sample>): void {
  if (!net.isBuilt) net.build(inputShapeOf(data));
}

function inputShapeOf(data: Dataset<Sample>): Shape {
  for (const [x] of data) return x.shape;
  return [];
}
