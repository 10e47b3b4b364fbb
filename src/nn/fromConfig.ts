/** Built-in layers from their description in a file. Imports every layer: only loading needs it. */
import { fail } from "../base/errors.ts";
import { Activation } from "./activations.ts";
import { Conv2d, DepthwiseConv2d } from "./conv2d.ts";
import { Dense } from "./dense.ts";
import { Dropout } from "./dropout.ts";
import { Flatten } from "./flatten.ts";
import type { Layer, LayerConfig } from "./module.ts";
import { BatchNorm, LayerNorm } from "./normalization.ts";
import { AvgPool2d, GlobalAvgPool2d, MaxPool2d } from "./pooling.ts";
import { Sequential, type SequentialOptions } from "./sequential.ts";

const BUILDERS: Record<string, (config: never) => Layer> = {
  dense: (config: ConstructorParameters<typeof Dense>[0]) => new Dense(config),
  conv2d: (config: ConstructorParameters<typeof Conv2d>[0]) => new Conv2d(config),
  depthwiseConv2d: (config: ConstructorParameters<typeof DepthwiseConv2d>[0]) => new DepthwiseConv2d(config),
  maxPool2d: (config: ConstructorParameters<typeof MaxPool2d>[0]) => new MaxPool2d(config),
  avgPool2d: (config: ConstructorParameters<typeof AvgPool2d>[0]) => new AvgPool2d(config),
  globalAvgPool2d: () => new GlobalAvgPool2d(),
  flatten: () => new Flatten(),
  dropout: (config: ConstructorParameters<typeof Dropout>[0]) => new Dropout(config),
  batchNorm: (config: ConstructorParameters<typeof BatchNorm>[0]) => new BatchNorm(config),
  layerNorm: (config: ConstructorParameters<typeof LayerNorm>[0]) => new LayerNorm(config),
  activation: (config: { activation: ConstructorParameters<typeof Activation>[0] }) =>
    new Activation(config.activation),
  sequential: (config: SequentialOptions & { layers: readonly LayerConfig[] }) =>
    new Sequential(config.layers.map(fromConfig), config),
};

/** @throws HeddleError when the description names no built-in layer, or its options are wrong */
export function fromConfig(config: LayerConfig): Layer {
  if (typeof config?.type !== "string" || !Object.hasOwn(BUILDERS, config.type)) {
    fail("model", `the file describes an unknown layer: ${JSON.stringify(config?.type)}`);
  }
  const { type, ...options } = config;
  return BUILDERS[type](options as never);
}
