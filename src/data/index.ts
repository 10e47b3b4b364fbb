/** `heddle/data`: datasets and where they come from. */
export type { HostTensor } from "../base/host.ts";
export type { BatchOptions } from "./batches.ts";
export { Batches } from "./batches.ts";
export type { ColumnOptions, ColumnSource, NestedNumbers } from "./column.ts";
export type { Batch, MappedValue, Pair, Sample } from "./dataset.ts";
export { Dataset, dataset } from "./dataset.ts";
export type { DigitsOptions } from "./digits.ts";
export { digits } from "./digits.ts";
export type { IdxArray, IdxValues } from "./idx.ts";
export { idx } from "./idx.ts";
export type { MnistOptions, TrainTest } from "./mnist.ts";
export { mnist } from "./mnist.ts";
