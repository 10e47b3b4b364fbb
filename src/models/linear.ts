/** Regression: a network of one layer. */
import { dense } from "../nn/dense.ts";
import { flatten } from "../nn/flatten.ts";
import { type Sequential, sequential } from "../nn/sequential.ts";

export interface LinearRegressionOptions {
  /** Numbers in a sample. Default 1. */
  features?: number;
  /** Numbers that are predicted. Default 1. */
  outputs?: number;
}

/** [features] → x · w + b: train it with `meanSquaredError`. */
export const linearRegression = ({ features = 1, outputs = 1 }: LinearRegressionOptions = {}): Sequential =>
  sequential([dense({ units: outputs })], { inputShape: [features] });

export interface LogisticRegressionOptions {
  /** Shape of a sample, which is flattened. Default [28, 28, 1]. */
  inputShape?: readonly number[];
  /** Default 10. */
  classes?: number;
}

/** Logits of classes, linear in the input: 7,850 parameters for digits. Train it with a cross entropy. */
export const logisticRegression = ({
  inputShape = [28, 28, 1],
  classes = 10,
}: LogisticRegressionOptions = {}): Sequential =>
  sequential([flatten(), dense({ units: classes })], { inputShape });
