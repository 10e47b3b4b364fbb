/** MobileNetV2. Sandler et al. 2018. Layer names are torchvision's. */
import { relu6 } from "../nn/activations.ts";
import { depthwiseConv2d } from "../nn/conv2d.ts";
import { dense } from "../nn/dense.ts";
import { dropout } from "../nn/dropout.ts";
import { globalAvgPool2d } from "../nn/globalPooling.ts";
import { type Graph, graph } from "../nn/graph.ts";
import { add } from "../nn/merging.ts";
import { batchNorm } from "../nn/normalization.ts";
import { input } from "../nn/symbolic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type TrunkOptions, trunkOptions } from "./options.ts";
import { convNorm, NORM } from "./residual.ts";

/** Expansion, channels, blocks, stride of the first. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

function depthwise(x: Tensor, name: string, strides: number): Tensor {
  const options = {
    kernelSize: 3,
    strides,
    padding: 1,
    useBias: false,
    kernelInitializer: "heNormal",
  } as const;
  const y = depthwiseConv2d(options).named(`${name}.0`).apply(x);
  return relu6().apply(batchNorm(NORM).named(`${name}.1`).apply(y));
}

/** Wide in the middle, narrow at its ends, between which it adds; the last convolution is linear. */
function invertedResidual(x: Tensor, name: string, expansion: number, filters: number, strides: number) {
  const channels = x.shape[3];
  let y = x;
  let at = 0;
  if (expansion !== 1) {
    const names = [`${name}.0.0`, `${name}.0.1`] as const;
    y = relu6().apply(convNorm(y, names, { filters: channels * expansion, kernelSize: 1 }));
    at = 1;
  }
  y = depthwise(y, `${name}.${at}`, strides);
  y = convNorm(y, [`${name}.${at + 1}`, `${name}.${at + 2}`], { filters, kernelSize: 1 });
  return strides === 1 && channels === filters ? add().apply(x, y) : y;
}

/** Images [224, 224, 3] to 1,000 logits: 3,504,872 parameters. Without `top` the features are [1280]. */
export function mobilenetV2(options?: TrunkOptions): Graph<Tensor> {
  const { classes, inputShape, top, seed } = trunkOptions(1000, [224, 224, 3]).read("mobilenetV2", options);
  const x = input(inputShape);
  let y = relu6().apply(convNorm(x, ["features.0.0", "features.0.1"], { filters: 32, strides: 2 }));
  let at = 1;
  for (const [expansion, filters, blocks, strides] of STAGES) {
    for (let i = 0; i < blocks; i++) {
      y = invertedResidual(y, `features.${at++}.conv`, expansion, filters, i === 0 ? strides : 1);
    }
  }
  y = relu6().apply(convNorm(y, [`features.${at}.0`, `features.${at}.1`], { filters: 1280, kernelSize: 1 }));
  const features = globalAvgPool2d().apply(y);
  if (!top) return graph(x, features, { seed });
  const kept = dropout({ rate: 0.2 }).apply(features);
  return graph(x, dense({ units: classes }).named("classifier.1").apply(kept), { seed });
}
