/** The classic MNIST networks, by default for images [28, 28, 1] and ten classes; they return logits. */
import { conv2d } from "../nn/conv2d.ts";
import { dense } from "../nn/dense.ts";
import { dropout } from "../nn/dropout.ts";
import { flatten } from "../nn/flatten.ts";
import { maxPool2d } from "../nn/pooling.ts";
import { type Sequential, sequential } from "../nn/sequential.ts";
import { type ClassifierOptions, classifierOptions } from "./options.ts";

function perceptron(where: string, hidden: number, options?: ClassifierOptions): Sequential {
  const { classes, inputShape, seed } = classifierOptions(10, [28, 28, 1]).read(where, options);
  return sequential(
    [
      flatten(),
      dense({ units: hidden, activation: "relu" }),
      dense({ units: hidden, activation: "relu" }),
      dense({ units: classes }),
    ],
    { inputShape, seed },
  );
}

/** 784-64-64-10, relu: 55,050 parameters. */
export const mlp = (options?: ClassifierOptions): Sequential => perceptron("mlp", 64, options);

/** 784-512-512-10, relu: 669,706 parameters. */
export const wideMlp = (options?: ClassifierOptions): Sequential => perceptron("wideMlp", 512, options);

/** Two convolutions, pooling, dropout, two dense layers: 1,199,882 parameters. */
export function cnn(options?: ClassifierOptions): Sequential {
  const { classes, inputShape, seed } = classifierOptions(10, [28, 28, 1]).read("cnn", options);
  return sequential(
    [
      conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
      conv2d({ filters: 64, kernelSize: 3, activation: "relu" }),
      maxPool2d({ poolSize: 2 }),
      dropout({ rate: 0.25 }),
      flatten(),
      dense({ units: 128, activation: "relu" }),
      dropout({ rate: 0.5 }),
      dense({ units: classes }),
    ],
    { inputShape, seed },
  );
}
