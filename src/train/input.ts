/** What `fit`, `evaluate` and `predict` take as data. */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import type { Shape } from "../base/shape.ts";
import type { ColumnSource } from "../data/column.ts";
import { Dataset, dataset, type Pair, type Sample } from "../data/dataset.ts";
import type { Layer } from "../nn/module.ts";

/** A sample with its target, and perhaps how much it counts in the loss. */
export type Weighted = [...Pair, ...weight: HostTensor[]];

/** Samples with targets, perhaps with weights: a dataset, or arrays or tensors with one entry per sample. */
export type TrainingData =
  | Dataset<Pair>
  | Dataset<[...Pair, weight: HostTensor]>
  | Dataset<Weighted>
  | readonly [x: ColumnSource, y: ColumnSource, weights?: ColumnSource];

/** @throws HeddleError when it is neither a dataset nor [x, y] or [x, y, weights], or holds nothing */
export async function samplesOf(where: string, data: TrainingData): Promise<Dataset<Weighted>> {
  if (data instanceof Dataset) return checkNotEmpty(where, data as Dataset<Weighted>);
  if (!(Array.isArray(data) && (data.length === 2 || data.length === 3))) {
    const got = Array.isArray(data) ? `${data.length} arrays` : typeof data;
    fail(where, `expects a dataset, [x, y] or [x, y, weights]: got ${got}`);
  }
  const columns: readonly ColumnSource[] = data.filter((column) => column !== undefined);
  // Two or three columns, which the type of a list does not say.
  return checkNotEmpty(where, dataset(columns) as unknown as Dataset<Weighted>);
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

/** @throws HeddleError when a count is not an integer of at least `least` */
export function atLeast(where: string, name: string, value: number, least: number): number {
  return Number.isInteger(value) && value >= least
    ? value
    : fail(where, `${name} must be an integer of at least ${least}: got ${value}`);
}
