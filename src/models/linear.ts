/** Regression: a network of one layer. */
import { checkOptions, count } from "../base/options.ts";
import { dense } from "../nn/dense.ts";
import { flatten } from "../nn/flatten.ts";
import { type Sequential, sequential } from "../nn/sequential.ts";
import { type ClassifierOptions, classifierOptions } from "./options.ts";

/** Options of {@link linearRegression}. */
export interface LinearRegressionOptions {
  /** Numbers in a sample. Default 1. */
  features?: number;
  /** Numbers that are predicted. Default 1. */
  outputs?: number;
}

/** [features] → x · w + b: train it with `meanSquaredError`. */
export const linearRegression = (options: LinearRegressionOptions = {}): Sequential => {
  checkOptions("linearRegression", options, { features: count, outputs: count });
  const { features = 1, outputs = 1 } = options;
  return sequential([dense({ units: outputs })], { inputShape: [features] });
};

/** Logits of classes, linear in the input: 7,850 parameters for digits. Train it with a cross entropy. */
export const logisticRegression = (options: ClassifierOptions = {}): Sequential => {
  const { classes = 10, inputShape = [28, 28, 1], seed } = classifierOptions("logisticRegression", options);
  return sequential([flatten(), dense({ units: classes })], { inputShape, seed });
};
