/** `heddle/nn`: modules, layers, initializers. */
export {
  Activation,
  type ActivationLike,
  type ActivationName,
  activation,
  gelu,
  relu,
  sigmoid,
  silu,
  softmax,
  tanh,
} from "./activations.ts";
export {
  Conv2d,
  type Conv2dOptions,
  conv2d,
  DepthwiseConv2d,
  type DepthwiseConv2dOptions,
  depthwiseConv2d,
} from "./conv2d.ts";
export { Dense, type DenseOptions, dense } from "./dense.ts";
export { Dropout, type DropoutOptions, dropout } from "./dropout.ts";
export { Flatten, flatten } from "./flatten.ts";
export type { Initializer, InitializerConfig, InitializerLike, InitialKey } from "./initializers.ts";
export * as initializers from "./initializers.ts";
export { type Layer, type LayerConfig, Module } from "./module.ts";
export {
  BatchNorm,
  type BatchNormOptions,
  batchNorm,
  LayerNorm,
  type LayerNormOptions,
  layerNorm,
} from "./normalization.ts";
export { AvgPool2d, avgPool2d, GlobalAvgPool2d, globalAvgPool2d, MaxPool2d, maxPool2d } from "./pooling.ts";
export type { LayerRow } from "./rows.ts";
export { Sequential, type SequentialOptions, sequential } from "./sequential.ts";
export { Parameter, Variable } from "./variable.ts";
