/** Networks by name, and what they cost. */
import { fail } from "../base/errors.ts";
import type { Layer } from "../nn/module.ts";
import type { LayerRow } from "../nn/rows.ts";
import { countOf } from "../nn/variable.ts";
import { alexnet, alexnetTwoTowers } from "./alexnet.ts";
import { convAutoencoder, denseAutoencoder } from "./autoencoders.ts";
import { plain20, plain56, resnet20, resnet56 } from "./cifarResnet.ts";
import { cnn, mlp, wideMlp } from "./classic.ts";
import { detector } from "./detector.ts";
import { lenet5 } from "./lenet.ts";
import { linearRegression, logisticRegression } from "./linear.ts";
import { mobilenetV2 } from "./mobilenet.ts";
import type { ClassifierOptions } from "./options.ts";
import { resnet18, resnet34, resnet50 } from "./resnet.ts";
import { vgg16 } from "./vgg.ts";

/** Those that tell classes of images apart; sizes and classes other than the usual are options. */
export const classifiers = {
  mlp,
  "wide-mlp": wideMlp,
  cnn,
  "logistic-regression": logisticRegression,
  "lenet-5": lenet5,
  alexnet,
  "alexnet-two-towers": alexnetTwoTowers,
  "vgg-16": vgg16,
  "resnet-18": resnet18,
  "resnet-34": resnet34,
  "resnet-50": resnet50,
  "resnet-20": resnet20,
  "resnet-56": resnet56,
  "plain-20": plain20,
  "plain-56": plain56,
  "mobilenet-v2": mobilenetV2,
  detector,
} as const satisfies Record<string, (options?: ClassifierOptions) => Layer>;

export const architectures = {
  ...classifiers,
  "linear-regression": linearRegression,
  "dense-autoencoder": denseAutoencoder,
  "conv-autoencoder": convAutoencoder,
} as const satisfies Record<string, () => Layer>;

/** Networks that are known by name. */
export type ArchitectureName = keyof typeof architectures;

/** A network without its weights. */
export interface Architecture {
  /** Its name, as in `heddle inspect --architecture`. */
  readonly name: ArchitectureName;
  /** Numbers in all parameters. */
  readonly parameters: number;
  /** Numbers that training changes. */
  readonly trainable: number;
  /** For one sample: 2 × multiply-adds. */
  readonly flops: number;
  /** Units that weigh their inputs: outputs of convolutions and dense layers. */
  readonly neurons: number;
  /** In the order of their use. */
  readonly layers: readonly LayerRow[];
}

/** @throws HeddleError when there is no such network */
export function architecture(name: string): Layer {
  if (!Object.hasOwn(architectures, name)) {
    fail("model", `must be one of ${Object.keys(architectures).join(", ")}: got ${JSON.stringify(name)}`);
  }
  return architectures[name as ArchitectureName]();
}

/** Layers, output shapes, parameters and flops. Allocates no weights. @throws HeddleError as {@link architecture} */
export function inspectArchitecture(name: string): Architecture {
  const net = architecture(name);
  const layers = net.inspect();
  return {
    name: name as ArchitectureName,
    parameters: countOf(net.parameters()),
    trainable: countOf(net.trainableParameters()),
    flops: layers.reduce((sum, { flops }) => sum + flops, 0),
    neurons: layers.reduce((sum, { neurons }) => sum + neurons, 0),
    layers,
  };
}
