/** Heddle's public surface: tensors, transforms, devices, models. Layers, optimizers, data, files: entries of their own. */

export type { DeviceInfo, DeviceKind } from "./backends/types.ts";
export type { DType, HostArray } from "./base/dtype.ts";
export { HeddleError } from "./base/errors.ts";
export type { Shape } from "./base/shape.ts";
export type { TransposeOptions } from "./ops/conv.ts";
export type { LocalResponseNormOptions } from "./ops/localResponseNorm.ts";
export type { AvgPoolOptions, PoolOptions } from "./ops/pool.ts";
export type { ResizeMethod } from "./ops/resize.ts";
export type { Padding, Pair, WindowOptions } from "./ops/window.ts";
export {
  type Configuration,
  configure,
  type DeviceOptions,
  deviceInfo,
  setDevice,
  shutdown,
} from "./runtime/devices.ts";
export { type DeviceReport, type DoctorReport, doctor } from "./runtime/doctor.ts";
export { type DeviceMemory, type LiveTensor, type MemoryReport, memory } from "./runtime/memory.ts";
export { type RandomState, randomState, restoreRandomState, setSeed } from "./runtime/random.ts";
export { withTraining } from "./runtime/trace.ts";
export * from "./tensor/activations.ts";
export * from "./tensor/create.ts";
export * from "./tensor/functions.ts";
export type { NestedArray } from "./tensor/handle.ts";
export * from "./tensor/images.ts";
export { type CompiledFunction, type JitOptions, jit } from "./tensor/jit.ts";
export * from "./tensor/methods.ts";
export { print } from "./tensor/print.ts";
export { Tensor } from "./tensor/tensor.ts";
export {
  customGrad,
  type Differentiable,
  type Gradients,
  grad,
  type LossResult,
  valueAndGrad,
} from "./tensor/transforms/grad.ts";
export { loadModel } from "./train/load.ts";
export { type LoadReport, type LoadWeightsOptions, loadWeights } from "./train/loadWeights.ts";
export type { LossOptions } from "./train/losses/reduction.ts";
export * from "./train/losses/standard.ts";
export type { Loss, LossDescription, LossLike, LossName } from "./train/losses.ts";
export type { MeanMetric, Metric, StreamedMetric } from "./train/metrics/metric.ts";
export type { MetricLike, MetricName } from "./train/metrics.ts";
export { createModel, type Evaluated, type History, Model } from "./train/model.ts";
export type { EvaluateOptions, FitOptions, ModelOptions, PredictOptions } from "./train/modelOptions.ts";
