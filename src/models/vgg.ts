/** VGG-16, configuration D. Simonyan & Zisserman 2015. Layer names are torchvision's. */
import { conv2d } from "../nn/conv2d.ts";
import { dense } from "../nn/dense.ts";
import { dropout } from "../nn/dropout.ts";
import { flatten } from "../nn/flatten.ts";
import { type Graph, graph } from "../nn/graph.ts";
import { maxPool2d } from "../nn/pooling.ts";
import { input } from "../nn/symbolic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type TrunkOptions, trunkOptions } from "./options.ts";

/** Filters of the convolutions between two poolings. */
const STAGES = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
];

/** Images [224, 224, 3] to 1,000 logits: 138,357,544 parameters. Without `top` the features are [7 · 7 · 512]. */
export function vgg16(options?: TrunkOptions): Graph<Tensor> {
  const { classes, inputShape, top, seed } = trunkOptions(1000, [224, 224, 3]).read("vgg16", options);
  const x = input(inputShape);
  let y = x;
  // torchvision counts an activation as a layer.
  let at = 0;
  for (const stage of STAGES) {
    for (const filters of stage) {
      const conv = conv2d({ filters, kernelSize: 3, padding: 1, activation: "relu" });
      y = conv.named(`features.${at}`).apply(y);
      at += 2;
    }
    y = maxPool2d().apply(y);
    at += 1;
  }
  y = flatten().apply(y);
  if (!top) return graph(x, y, { seed });
  for (const at of [0, 3]) {
    y = dense({ units: 4096, activation: "relu" }).named(`classifier.${at}`).apply(y);
    y = dropout({ rate: 0.5 }).apply(y);
  }
  return graph(x, dense({ units: classes }).named("classifier.6").apply(y), { seed });
}
