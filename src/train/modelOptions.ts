/** Options of models and of their methods. */
import { count, flag, fromZero, openFraction, unchecked } from "../base/options/kinds.ts";
import { type Kind, kind, type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import type { StoreLike } from "../io/stores.ts";
import { regularizerLike } from "../nn/options.ts";
import { Optimizer } from "../optim/optimizer.ts";
import type { Callback } from "./callback.ts";
import type { TrainingData } from "./input.ts";
import type { LossLike } from "./losses.ts";
import type { MetricLike } from "./metrics.ts";

const anOptimizer = kind<Optimizer>((value) =>
  value instanceof Optimizer ? "" : "must be an optimizer, such as adam()",
);
const list = <T>(): Kind<readonly T[]> => kind((value) => (Array.isArray(value) ? "" : "must be a list"));

export const modelOptions = options({
  /** Updates the weights. Default: none, so that the model only predicts. */
  optimizer: anOptimizer(),
  /** Minimised by training. Default: none, so that the model only predicts. */
  loss: unchecked<LossLike>(),
  /** Measured besides the loss. Default: nothing. */
  metrics: list<MetricLike>()(),
  /** Added to the loss for every parameter of rank 2 and above: kernels, not biases. Default: nothing. */
  regularizer: regularizerLike(),
});

/** Options of `createModel`. */
export interface ModelOptions<M extends MetricLike = MetricLike> extends OptionsOf<typeof modelOptions> {
  /** Measured besides the loss. Default: nothing. */
  metrics?: readonly M[];
}

/** Weights of classes by their numbers; 1 for a class that is not listed. */
export type ClassWeights = readonly number[] | { readonly [label: number]: number };

/** A store, or the model itself. */
type ResumeFrom = StoreLike | boolean;

/** Each asks for a feature: see `features.ts`. */
const featureOptions = options({
  /**
   * Evaluates the validation data also after every so many steps of the training, counted over its epochs. The results
   * go to the callbacks' `onValidation`, and to `stepValLoss` and the like of the history. Default: after epochs alone.
   */
  validateEvery: count(),
  /**
   * Adds up the gradients of so many batches, then updates by their mean over the samples: as a batch that is so much
   * larger, in the memory of one, but for layers that look at the whole batch, such as batch norm. An epoch's last
   * group has what is left. Steps, logs and `everySteps` count batches; the optimizer's `iterations` and its schedule
   * count updates. Default 1.
   */
  accumulateSteps: count(),
  /** Weights of the classes: the training loss of a sample is multiplied by that of its class. Default: 1 for all. */
  classWeight: unchecked<ClassWeights>(),
  /**
   * Goes on exactly where the training in this store stopped, also in the middle of an epoch; starts anew while the
   * store holds nothing. With `true`, goes on from where this model stands: after an abort or a stop, or as it was
   * loaded. Give the same data and options; the history is that of the whole training. Default: a new training of the
   * model as it is.
   */
  resume: unchecked<ResumeFrom>(),
  /** Shows a progress bar. Default false. */
  verbose: flag(),
});

/** The options of `fit` that ask for features, undefined where they were not given. */
export type FeatureOptions = ValuesOf<typeof featureOptions>;

export const fitOptions = options({
  /** The epoch to end before. Default 1. */
  epochs: fromZero(1),
  /** The number of the first epoch, when continuing. Default 0. */
  initialEpoch: fromZero(0),
  /** Default 32. The last partial batch is kept. */
  batchSize: count(32),
  /** A new order of the samples in each epoch, from the seed of `setSeed`. Default true. */
  shuffle: flag(true),
  /** Told of batches and epochs; see `heddle/callbacks`. Default: none. */
  callbacks: list<Callback>()([]),
  /**
   * Ends the training between two steps; `fit` then rejects with the signal's reason, and `resume` may go on.
   * Default: nothing does.
   */
  signal: unchecked<AbortSignal>(),
  /** Evaluated after each epoch. Default: none. */
  validationData: unchecked<TrainingData>(),
  /** Or this fraction of the data, from its end. Default: none. */
  validationSplit: openFraction(),
  /**
   * Threads that assemble and augment the batches; training is the same, bit by bit. For datasets of columns and
   * augmentations: closures of `map` cannot travel. Default 0.
   */
  workers: fromZero(0),
  ...featureOptions.entries,
});

/** Options of `Model.fit`. */
export interface FitOptions extends OptionsOf<typeof fitOptions> {}

export const evaluateOptions = options({
  /** Default 32. */
  batchSize: count(32),
  /** Stops it. Default: nothing does. */
  signal: unchecked<AbortSignal>(),
});

/** Options of `Model.evaluate`. */
export interface EvaluateOptions extends OptionsOf<typeof evaluateOptions> {}

export const predictOptions = options({
  /** Default 32. */
  batchSize: count(32),
});

/** Options of `Model.predict`. */
export interface PredictOptions extends OptionsOf<typeof predictOptions> {}
