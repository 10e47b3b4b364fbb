/** AlexNet: the original of two towers, and the single tower that is common now. Layer names are torchvision's. */
import { conv2d } from "../nn/conv2d.ts";
import { dense } from "../nn/dense.ts";
import { dropout } from "../nn/dropout.ts";
import { flatten } from "../nn/flatten.ts";
import { type Graph, graph } from "../nn/graph.ts";
import { localResponseNorm } from "../nn/localResponseNorm.ts";
import { maxPool2d } from "../nn/pooling.ts";
import { type Sequential, sequential } from "../nn/sequential.ts";
import { input } from "../nn/symbolic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type ClassifierOptions, classifierOptions } from "./options.ts";

/**
 * One tower, as in torchvision: images [224, 224, 3] to 1,000 logits, 61,100,840 parameters. Krizhevsky, "One weird
 * trick for parallelizing convolutional neural networks" 2014.
 */
export function alexnet(options?: ClassifierOptions): Graph<Tensor> {
  const { classes, inputShape, seed } = classifierOptions(1000, [224, 224, 3]).read("alexnet", options);
  const conv = (x: Tensor, at: number, filters: number, kernelSize: number, strides = 1, padding = 1) =>
    conv2d({ filters, kernelSize, strides, padding, activation: "relu" }).named(`features.${at}`).apply(x);
  const pool = (x: Tensor): Tensor => maxPool2d({ poolSize: 3, strides: 2 }).apply(x);
  const hidden = (x: Tensor, at: number): Tensor =>
    dense({ units: 4096, activation: "relu" })
      .named(`classifier.${at}`)
      .apply(dropout({ rate: 0.5 }).apply(x));

  const x = input(inputShape);
  let y = pool(conv(x, 0, 64, 11, 4, 2));
  y = pool(conv(y, 3, 192, 5, 1, 2));
  y = conv(y, 6, 384, 3);
  y = conv(y, 8, 256, 3);
  y = pool(conv(y, 10, 256, 3));
  y = hidden(hidden(flatten().apply(y), 1), 4);
  return graph(x, dense({ units: classes }).named("classifier.6").apply(y), { seed });
}

/**
 * The original, whose two towers are groups of channels: images [227, 227, 3] to 1,000 logits, 60,965,224 parameters.
 * Krizhevsky, Sutskever & Hinton 2012.
 */
export function alexnetTwoTowers(options?: ClassifierOptions): Sequential {
  const { classes, inputShape, seed } = classifierOptions(1000, [227, 227, 3]).read(
    "alexnetTwoTowers",
    options,
  );
  const pool = () => maxPool2d({ poolSize: 3, strides: 2 });
  const common = { activation: "relu", padding: "same" } as const;
  return sequential(
    [
      conv2d({ filters: 96, kernelSize: 11, strides: 4, activation: "relu" }),
      localResponseNorm(),
      pool(),
      conv2d({ filters: 256, kernelSize: 5, groups: 2, ...common }),
      localResponseNorm(),
      pool(),
      conv2d({ filters: 384, kernelSize: 3, ...common }),
      conv2d({ filters: 384, kernelSize: 3, groups: 2, ...common }),
      conv2d({ filters: 256, kernelSize: 3, groups: 2, ...common }),
      pool(),
      flatten(),
      dense({ units: 4096, activation: "relu" }),
      dropout({ rate: 0.5 }),
      dense({ units: 4096, activation: "relu" }),
      dropout({ rate: 0.5 }),
      dense({ units: classes }),
    ],
    { inputShape, seed },
  );
}
