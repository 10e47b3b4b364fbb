/** What models take as options, and the rules that the options follow. */
import { count, flag, fromZero, type Rule, type Rules } from "../base/options.ts";
import { regularizerLike } from "../nn/options.ts";
import type { RegularizerLike } from "../nn/regularizers.ts";
import { Optimizer } from "../optim/optimizer.ts";
import type { Callback } from "./callback.ts";
import type { FeatureOptions } from "./features.ts";
import type { TrainingData } from "./input.ts";
import type { LossLike } from "./losses.ts";
import type { MetricLike } from "./metrics.ts";

/** Options of `createModel`. */
export interface ModelOptions<M extends MetricLike = MetricLike> {
  /** What updates the weights. Default: none, so that the model only predicts. */
  optimizer?: Optimizer;
  /** What training makes small. Default: none, so that the model only predicts. */
  loss?: LossLike;
  /** What is measured besides the loss. Default: nothing. */
  metrics?: readonly M[];
  /** Added to the loss for every parameter of rank 2 and above: kernels, not biases. Default: nothing. */
  regularizer?: RegularizerLike;
}

/** Options of `Model.fit`. */
export interface FitOptions extends FeatureOptions {
  /** The epoch to end before. Default 1. */
  epochs?: number;
  /** The number of the first epoch, when continuing. Default 0. */
  initialEpoch?: number;
  /** Default 32. The last partial batch is kept. */
  batchSize?: number;
  /** Evaluated after each epoch. Default: none. */
  validationData?: TrainingData;
  /** Or this share of the data, from its end. Default 0. */
  validationSplit?: number;
  /** A new order of the samples in each epoch, from the seed of `setSeed`. Default true. */
  shuffle?: boolean;
  /** Told of batches and epochs; see `heddle/callbacks`. Default: none. */
  callbacks?: readonly Callback[];
  /**
   * Threads that assemble and augment the batches; training is the same, bit by bit. For datasets of columns and
   * augmentations: closures of `map` cannot travel. Default 0.
   */
  workers?: number;
  /**
   * Ends the training between two steps; `fit` then rejects with the signal's reason, and `resume` may go on.
   * Default: nothing does.
   */
  signal?: AbortSignal;
}

/** Options of `Model.evaluate`. */
export interface EvaluateOptions {
  /** Default 32. */
  batchSize?: number;
  /** Stops it. Default: nothing does. */
  signal?: AbortSignal;
}

const checkedInUse: Rule = () => undefined;
const list: Rule = (value) => (Array.isArray(value) ? "" : "must be a list");

export const modelRules: Rules<ModelOptions> = {
  optimizer: (value) => (value instanceof Optimizer ? "" : "must be an optimizer, such as adam()"),
  loss: checkedInUse,
  metrics: list,
  regularizer: regularizerLike().check,
};

export const fitRules: Rules<FitOptions> = {
  epochs: fromZero,
  initialEpoch: fromZero,
  batchSize: count,
  shuffle: flag,
  callbacks: list,
  signal: checkedInUse,
  validationData: checkedInUse,
  validationSplit: checkedInUse,
  validateEvery: count,
  accumulateSteps: count,
  classWeight: checkedInUse,
  resume: checkedInUse,
  workers: fromZero,
  verbose: flag,
};

export const evaluateRules: Rules<EvaluateOptions> = { batchSize: count, signal: checkedInUse };

export const predictRules = { batchSize: count };
