/** Residual networks for ImageNet. He, Zhang, Ren & Sun 2016. Layer names are torchvision's. */
import { relu } from "../nn/activations.ts";
import { dense } from "../nn/dense.ts";
import { globalAvgPool2d } from "../nn/globalPooling.ts";
import { type Graph, graph } from "../nn/graph.ts";
import { maxPool2d } from "../nn/pooling.ts";
import { input } from "../nn/symbolic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type TrunkOptions, trunkOptions } from "./options.ts";
import { basicBlock, bottleneck, convNorm, stage } from "./residual.ts";

function resnet(
  where: string,
  block: typeof basicBlock,
  blocks: readonly number[],
  options?: TrunkOptions,
): Graph<Tensor> {
  const { classes, inputShape, top, seed } = trunkOptions(1000, [224, 224, 3]).read(where, options);
  const x = input(inputShape);
  let y = relu().apply(convNorm(x, ["conv1", "bn1"], { filters: 64, kernelSize: 7, strides: 2 }));
  y = maxPool2d({ poolSize: 3, strides: 2, padding: 1 }).apply(y);
  for (const [i, count] of blocks.entries()) {
    const strides = i === 0 ? 1 : 2;
    const name = `layer${i + 1}`;
    y = stage(y, block, count, { filters: 64 * 2 ** i, strides, shortcut: "projection", name });
  }
  const features = globalAvgPool2d().apply(y);
  const result = top ? dense({ units: classes }).named("fc").apply(features) : features;
  return graph(x, result, { seed });
}

/** Images [224, 224, 3] to 1,000 logits: 11,689,512 parameters. Without `top` the features are [512]. */
export const resnet18 = (options?: TrunkOptions): Graph<Tensor> =>
  resnet("resnet18", basicBlock, [2, 2, 2, 2], options);

/** Images [224, 224, 3] to 1,000 logits: 21,797,672 parameters. Without `top` the features are [512]. */
export const resnet34 = (options?: TrunkOptions): Graph<Tensor> =>
  resnet("resnet34", basicBlock, [3, 4, 6, 3], options);

/** Images [224, 224, 3] to 1,000 logits: 25,557,032 parameters. Without `top` the features are [2048]. */
export const resnet50 = (options?: TrunkOptions): Graph<Tensor> =>
  resnet("resnet50", bottleneck, [3, 4, 6, 3], options);
