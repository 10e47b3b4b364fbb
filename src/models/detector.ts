/**
 * A residual network for the sparse, large images of particle detectors: 23 layers with weights, few channels, the
 * image halved before anything else.
 */
import { relu } from "../nn/activations.ts";
import { dense } from "../nn/dense.ts";
import { globalAvgPool2d } from "../nn/globalPooling.ts";
import { type Graph, graph } from "../nn/graph.ts";
import { input } from "../nn/symbolic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type TrunkOptions, trunkOptions } from "./options.ts";
import { basicBlock, convNorm, stage } from "./residual.ts";

/** In a stage; two layers each. */
const BLOCKS = 5;

/**
 * A 7 × 7 convolution (16, stride 2), five blocks of 16, a 3 × 3 convolution (32, stride 2), five blocks of 32, the
 * mean over the image, the classes: images [128, 128, 1] to 2 logits. Without `top` the features are [32].
 */
export function detector(options?: TrunkOptions): Graph<Tensor> {
  const { classes, inputShape, top, seed } = trunkOptions(2, [128, 128, 1]).read("detector", options);
  const blocks = (x: Tensor, filters: number, name: string): Tensor =>
    stage(x, basicBlock, BLOCKS, { filters, strides: 1, shortcut: "identity", name });
  const x = input(inputShape);
  let y = relu().apply(convNorm(x, ["conv1", "bn1"], { filters: 16, kernelSize: 7, strides: 2 }));
  y = blocks(y, 16, "layer1");
  y = relu().apply(convNorm(y, ["conv2", "bn2"], { filters: 32, strides: 2 }));
  y = blocks(y, 32, "layer2");
  const features = globalAvgPool2d().apply(y);
  const result = top ? dense({ units: classes }).named("fc").apply(features) : features;
  return graph(x, result, { seed });
}
