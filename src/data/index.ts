/** `heddle/data`: datasets and where they come from. */
export type { HostTensor } from "../base/host.ts";
export type { AugmentKey } from "./augment/apply.ts";
export { applyStages } from "./augment/apply.ts";
export type { FillMode, FillOptions } from "./augment/fill.ts";
export type { CropOptions, Margin, PadOptions, Size } from "./augment/frame.ts";
export { crop, pad } from "./augment/frame.ts";
export { stagesFromConfig } from "./augment/fromConfig.ts";
export type {
  FlipOptions,
  RotateOptions,
  ShearOptions,
  ShiftOptions,
  ZoomOptions,
} from "./augment/motions.ts";
export { flip, rotate, shear, shift, zoom } from "./augment/motions.ts";
export type { MotionStage, PixelStage, Range, Stage, StageConfig } from "./augment/stage.ts";
export type { BrightnessOptions, ContrastOptions, CutoutOptions } from "./augment/values.ts";
export { brightness, contrast, cutout } from "./augment/values.ts";
export type { BatchOptions } from "./batches.ts";
export { Batches } from "./batches.ts";
export type { Cifar10, Cifar10Options } from "./cifar10.ts";
export { cifar10 } from "./cifar10.ts";
export type { ColumnOptions, ColumnSource, NestedNumbers } from "./column.ts";
export type { ColumnName } from "./csv/columns.ts";
export type { Csv, CsvOptions } from "./csv.ts";
export { csv } from "./csv.ts";
export type { Batch, MappedValue, Pair, Sample } from "./dataset.ts";
export { Dataset, dataset } from "./dataset.ts";
export type { DigitsOptions } from "./digits.ts";
export { digits } from "./digits.ts";
export type { IdxArray, IdxValues } from "./idx.ts";
export { idx } from "./idx.ts";
export type { ImageFolder, ImageFolderOptions } from "./imageFolder.ts";
export { imageFolder } from "./imageFolder.ts";
export type { MnistOptions, TrainTest } from "./mnist.ts";
export { mnist } from "./mnist.ts";
export type { ShuffleOptions, SplitOptions } from "./options.ts";
export type { FileSource } from "./source.ts";
export type { StandardizeOptions, Statistics } from "./standardize.ts";
export { Standardizer, standardize } from "./standardize.ts";
