/** Regression: a network of one layer. */
import { count } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { dense } from "../nn/dense.ts";
import { flatten } from "../nn/flatten.ts";
import { type Sequential, sequential } from "../nn/sequential.ts";
import { type ClassifierOptions, classifierOptions } from "./options.ts";

const linearRegressionOptions = options({
  /** Numbers in a sample. Default 1. */
  features: count(1),
  /** Numbers that are predicted. Default 1. */
  outputs: count(1),
});

/** Options of {@link linearRegression}. */
export interface LinearRegressionOptions extends OptionsOf<typeof linearRegressionOptions> {}

/** [features] → x · w + b: train it with `meanSquaredError`. */
export const linearRegression = (options?: LinearRegressionOptions): Sequential => {
  const { features, outputs } = linearRegressionOptions.read("linearRegression", options);
  return sequential([dense({ units: outputs })], { inputShape: [features] });
};

/** Logits of classes, linear in the input: 7,850 parameters for digits. Train it with a cross entropy. */
export const logisticRegression = (options?: ClassifierOptions): Sequential => {
  const { classes, inputShape, seed } = classifierOptions(10, [28, 28, 1]).read(
    "logisticRegression",
    options,
  );
  return sequential([flatten(), dense({ units: classes })], { inputShape, seed });
};
