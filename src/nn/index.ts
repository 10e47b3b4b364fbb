/** `heddle/nn`: modules, layers, initializers. */
export {
  Activation,
  type ActivationConfig,
  type ActivationLike,
  type ActivationName,
  activation,
  binaryStep,
  elu,
  gelu,
  hardSigmoid,
  identity,
  leakyRelu,
  logSoftmax,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  tanh,
} from "./activations.ts";
export { type AdaptData, Normalization, normalization } from "./adapted.ts";
export { Bidirectional, type BidirectionalOptions, bidirectional, type MergeMode } from "./bidirectional.ts";
export {
  type Borders,
  Cropping2d,
  type Cropping2dOptions,
  cropping2d,
  ZeroPadding2d,
  type ZeroPadding2dOptions,
  zeroPadding2d,
} from "./borders.ts";
export { Conv1d, type Conv1dOptions, conv1d } from "./conv1d.ts";
export {
  Conv2d,
  type Conv2dOptions,
  conv2d,
  DepthwiseConv2d,
  type DepthwiseConv2dOptions,
  depthwiseConv2d,
} from "./conv2d.ts";
export { Conv2dTranspose, type Conv2dTransposeOptions, conv2dTranspose } from "./conv2dTranspose.ts";
export type { ConvOptions } from "./convolution.ts";
export { Dense, type DenseOptions, dense } from "./dense.ts";
export { Dropout, type DropoutOptions, dropout, SpatialDropout, spatialDropout } from "./dropout.ts";
export { Embedding, type EmbeddingOptions, embedding } from "./embedding.ts";
export { Flatten, flatten } from "./flatten.ts";
export {
  GlobalAvgPool1d,
  GlobalAvgPool2d,
  GlobalMaxPool1d,
  GlobalMaxPool2d,
  globalAvgPool1d,
  globalAvgPool2d,
  globalMaxPool1d,
  globalMaxPool2d,
} from "./globalPooling.ts";
export { Graph, type GraphOptions, graph, type Symbols } from "./graph.ts";
export { GroupNorm, type GroupNormOptions, groupNorm } from "./groupNorm.ts";
export { Gru, type GruOptions, gru } from "./gru.ts";
export { IdentityShortcut, type IdentityShortcutOptions, identityShortcut } from "./identityShortcut.ts";
export type { Initializer, InitializerConfig, InitializerLike, InitialKey } from "./initializers.ts";
export * as initializers from "./initializers.ts";
export {
  LocallyConnected2d,
  type LocallyConnected2dOptions,
  locallyConnected2d,
} from "./locallyConnected2d.ts";
export { LocalResponseNorm, type LocalResponseNormOptions, localResponseNorm } from "./localResponseNorm.ts";
export { Lstm, type LstmOptions, lstm } from "./lstm.ts";
export {
  Add,
  add,
  Concatenate,
  type ConcatenateOptions,
  concatenate,
  Multiply,
  multiply,
} from "./merging.ts";
export { type Layer, type LayerConfig, Module } from "./module.ts";
export {
  MultiHeadAttention,
  type MultiHeadAttentionOptions,
  multiHeadAttention,
} from "./multiHeadAttention.ts";
export {
  GaussianNoise,
  type GaussianNoiseOptions,
  gaussianNoise,
  NoisyRelu,
  type NoisyReluOptions,
  noisyRelu,
} from "./noise.ts";
export {
  BatchNorm,
  type BatchNormOptions,
  batchNorm,
  LayerNorm,
  type LayerNormOptions,
  layerNorm,
  type NormOptions,
} from "./normalization.ts";
export {
  AvgPool2d,
  type AvgPoolOptions,
  avgPool2d,
  L2Pool2d,
  l2Pool2d,
  MaxPool2d,
  MinPool2d,
  maxPool2d,
  minPool2d,
  type PoolOptions,
} from "./pooling.ts";
export {
  AvgPool1d,
  type AvgPool1dOptions,
  avgPool1d,
  L2Pool1d,
  l2Pool1d,
  MaxPool1d,
  MinPool1d,
  maxPool1d,
  minPool1d,
  type Pool1dOptions,
} from "./pooling1d.ts";
export { Prelu, type PreluOptions, prelu } from "./prelu.ts";
export type { GatedOptions, RecurrentOptions } from "./recurrent.ts";
export type { Regularizer, RegularizerLike } from "./regularizers.ts";
export * as regularizers from "./regularizers.ts";
export { Permute, type PermuteOptions, permute, Reshape, type ReshapeOptions, reshape } from "./reshape.ts";
export { RmsNorm, type RmsNormOptions, rmsNorm } from "./rmsNorm.ts";
export type { LayerRow } from "./rows.ts";
export { SeparableConv2d, type SeparableConv2dOptions, separableConv2d } from "./separableConv2d.ts";
export { Sequential, type SequentialOptions, sequential } from "./sequential.ts";
export { SimpleRNN, simpleRNN } from "./simpleRNN.ts";
export { input } from "./symbolic.ts";
export { UpSampling2d, type UpSampling2dOptions, upSampling2d } from "./upSampling2d.ts";
export { Parameter, Variable } from "./variable.ts";
export type { Padding1d } from "./window1d.ts";
