/** Residual networks for CIFAR-10 and their plain twins, which show what the shortcuts are for. He et al. 2016, 4.2. */
import { relu } from "../nn/activations.ts";
import { dense } from "../nn/dense.ts";
import { globalAvgPool2d } from "../nn/globalPooling.ts";
import { type Graph, graph } from "../nn/graph.ts";
import { input } from "../nn/symbolic.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type TrunkOptions, trunkOptions } from "./options.ts";
import { basicBlock, convNorm, type Shortcut, stage } from "./residual.ts";

/** 6n + 2 layers with weights: a stem, three stages of n blocks of 16, 32 and 64 channels, the classes. */
function cifar(where: string, n: number, shortcut: Shortcut, options?: TrunkOptions): Graph<Tensor> {
  const { classes, inputShape, top, seed } = trunkOptions(10, [32, 32, 3]).read(where, options);
  const x = input(inputShape);
  let y = relu().apply(convNorm(x, ["conv1", "bn1"], { filters: 16 }));
  for (const [i, filters] of [16, 32, 64].entries()) {
    y = stage(y, basicBlock, n, { filters, strides: i === 0 ? 1 : 2, shortcut, name: `layer${i + 1}` });
  }
  const features = globalAvgPool2d().apply(y);
  const result = top ? dense({ units: classes }).named("fc").apply(features) : features;
  return graph(x, result, { seed });
}

/** Images [32, 32, 3] to 10 logits, identity shortcuts: 269,722 parameters. */
export const resnet20 = (options?: TrunkOptions): Graph<Tensor> => cifar("resnet20", 3, "identity", options);
/** Images [32, 32, 3] to 10 logits, identity shortcuts: 853,018 parameters. */
export const resnet56 = (options?: TrunkOptions): Graph<Tensor> => cifar("resnet56", 9, "identity", options);
/** {@link resnet20} without its shortcuts: the same parameters. */
export const plain20 = (options?: TrunkOptions): Graph<Tensor> => cifar("plain20", 3, "none", options);
/** {@link resnet56} without its shortcuts: the same parameters, and visibly harder to train. */
export const plain56 = (options?: TrunkOptions): Graph<Tensor> => cifar("plain56", 9, "none", options);
