/** LeNet-5. LeCun, Bottou, Bengio & Haffner 1998, with all connections between the second pair of maps and softmax. */
import { conv2d } from "../nn/conv2d.ts";
import { dense } from "../nn/dense.ts";
import { flatten } from "../nn/flatten.ts";
import { avgPool2d } from "../nn/pooling.ts";
import { type Sequential, sequential } from "../nn/sequential.ts";
import { type ClassifierOptions, classifierOptions } from "./options.ts";

/** Digits [28, 28, 1], padded to 32 × 32 by the first layer, to 10 logits: 61,706 parameters. */
export function lenet5(options?: ClassifierOptions): Sequential {
  const { classes, inputShape, seed } = classifierOptions(10, [28, 28, 1]).read("lenet5", options);
  return sequential(
    [
      conv2d({ filters: 6, kernelSize: 5, padding: 2, activation: "tanh" }),
      avgPool2d(),
      conv2d({ filters: 16, kernelSize: 5, activation: "tanh" }),
      avgPool2d(),
      flatten(),
      dense({ units: 120, activation: "tanh" }),
      dense({ units: 84, activation: "tanh" }),
      dense({ units: classes }),
    ],
    { inputShape, seed },
  );
}
