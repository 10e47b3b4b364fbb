/** Built-in layers from their description in a file. Imports every layer: only loading needs it. */
import { fail } from "../base/errors.ts";
import { Activation, type ActivationLike } from "./activations.ts";
import { Normalization } from "./adapted.ts";
import { Bidirectional, type BidirectionalOptions } from "./bidirectional.ts";
import { Cropping2d, ZeroPadding2d } from "./borders.ts";
import { Conv1d } from "./conv1d.ts";
import { Conv2d, DepthwiseConv2d } from "./conv2d.ts";
import { Conv2dTranspose } from "./conv2dTranspose.ts";
import { Dense } from "./dense.ts";
import { Dropout, SpatialDropout } from "./dropout.ts";
import { Embedding } from "./embedding.ts";
import { Flatten } from "./flatten.ts";
import { GlobalAvgPool1d, GlobalAvgPool2d, GlobalMaxPool1d, GlobalMaxPool2d } from "./globalPooling.ts";
import { type GraphConfig, graphFromConfig } from "./graph.ts";
import { GroupNorm } from "./groupNorm.ts";
import { Gru } from "./gru.ts";
import { IdentityShortcut } from "./identityShortcut.ts";
import { LocallyConnected2d } from "./locallyConnected2d.ts";
import { LocalResponseNorm } from "./localResponseNorm.ts";
import { Lstm } from "./lstm.ts";
import { Add, Concatenate, Multiply } from "./merging.ts";
import type { Layer, LayerConfig, Module } from "./module.ts";
import { MultiHeadAttention } from "./multiHeadAttention.ts";
import { GaussianNoise, NoisyRelu } from "./noise.ts";
import { BatchNorm, LayerNorm } from "./normalization.ts";
import { AvgPool2d, L2Pool2d, MaxPool2d, MinPool2d } from "./pooling.ts";
import { AvgPool1d, L2Pool1d, MaxPool1d, MinPool1d } from "./pooling1d.ts";
import { Prelu } from "./prelu.ts";
import type { Recurrent } from "./recurrent.ts";
import { Permute, Reshape } from "./reshape.ts";
import { RmsNorm } from "./rmsNorm.ts";
import { SeparableConv2d } from "./separableConv2d.ts";
import { Sequential, type SequentialOptions } from "./sequential.ts";
import { SimpleRNN } from "./simpleRNN.ts";
import { UpSampling2d } from "./upSampling2d.ts";

/** Layers whose description is their type and their options. */
const LAYERS = {
  dense: Dense,
  embedding: Embedding,
  conv1d: Conv1d,
  conv2d: Conv2d,
  conv2dTranspose: Conv2dTranspose,
  depthwiseConv2d: DepthwiseConv2d,
  separableConv2d: SeparableConv2d,
  locallyConnected2d: LocallyConnected2d,
  maxPool1d: MaxPool1d,
  minPool1d: MinPool1d,
  avgPool1d: AvgPool1d,
  l2Pool1d: L2Pool1d,
  maxPool2d: MaxPool2d,
  minPool2d: MinPool2d,
  avgPool2d: AvgPool2d,
  l2Pool2d: L2Pool2d,
  globalAvgPool1d: GlobalAvgPool1d,
  globalMaxPool1d: GlobalMaxPool1d,
  globalAvgPool2d: GlobalAvgPool2d,
  globalMaxPool2d: GlobalMaxPool2d,
  batchNorm: BatchNorm,
  layerNorm: LayerNorm,
  rmsNorm: RmsNorm,
  groupNorm: GroupNorm,
  localResponseNorm: LocalResponseNorm,
  normalization: Normalization,
  simpleRNN: SimpleRNN,
  lstm: Lstm,
  gru: Gru,
  multiHeadAttention: MultiHeadAttention,
  dropout: Dropout,
  spatialDropout: SpatialDropout,
  gaussianNoise: GaussianNoise,
  noisyRelu: NoisyRelu,
  prelu: Prelu,
  flatten: Flatten,
  reshape: Reshape,
  permute: Permute,
  zeroPadding2d: ZeroPadding2d,
  cropping2d: Cropping2d,
  upSampling2d: UpSampling2d,
  identityShortcut: IdentityShortcut,
  add: Add,
  multiply: Multiply,
  concatenate: Concatenate,
} as const satisfies Record<string, new (options: never) => Module>;

/** Modules whose description holds more than options. */
const COMPOSED = {
  activation: ({ activation }: { activation: ActivationLike }) => new Activation(activation),
  sequential: ({ layers, ...options }: SequentialOptions & { layers: readonly LayerConfig[] }) =>
    new Sequential(layers.map(fromConfig), options),
  bidirectional: ({ layer, ...options }: BidirectionalOptions & { layer: LayerConfig }) =>
    new Bidirectional(moduleOf(layer) as Recurrent, options),
  graph: (config: GraphConfig) => graphFromConfig(config, moduleOf),
} as const satisfies Record<string, (config: never) => Module>;

/** @throws HeddleError when the description names no built-in layer, or its options are wrong */
function moduleOf(config: LayerConfig): Module {
  const { type, ...options } = config ?? {};
  if (Object.hasOwn(LAYERS, type)) {
    return new (LAYERS[type as keyof typeof LAYERS] as new (options: object) => Module)(options);
  }
  if (Object.hasOwn(COMPOSED, type)) {
    return (COMPOSED[type as keyof typeof COMPOSED] as (config: object) => Module)(options);
  }
  return fail("model", `the file describes an unknown layer: ${JSON.stringify(type)}`);
}

/** The layer that `config()` described. @throws HeddleError when it names no built-in layer, or options are wrong */
export const fromConfig = (config: LayerConfig): Layer => moduleOf(config) as Layer;

/** Types of layers that `fromConfig` makes. */
export const layerTypes = (): readonly string[] => [...Object.keys(LAYERS), ...Object.keys(COMPOSED)];
