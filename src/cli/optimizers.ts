/** Optimizers and learning-rate schedules of `heddle train`, by name. */
import { adadelta } from "../optim/adadelta.ts";
import { adagrad } from "../optim/adagrad.ts";
import { adam, adamw } from "../optim/adam.ts";
import type { LearningRate } from "../optim/learningRate.ts";
import type { Optimizer, OptimizerOptions } from "../optim/optimizer.ts";
import { rmsprop } from "../optim/rmsprop.ts";
import { cosineDecay, exponentialDecay, oneCycle, polynomialDecay, stepDecay } from "../optim/schedules.ts";
import { sgd } from "../optim/sgd.ts";

const MOMENTUM = 0.9;

const optimizers = {
  sgd,
  momentum: (options) => sgd({ ...options, momentum: MOMENTUM }),
  nesterov: (options) => sgd({ ...options, momentum: MOMENTUM, nesterov: true }),
  adagrad,
  adadelta,
  rmsprop,
  adam,
  amsgrad: (options) => adam({ ...options, amsgrad: true }),
  adamw,
} satisfies Record<string, (options: OptimizerOptions) => Optimizer>;

/** From a learning rate and the steps of the whole training. */
const schedules = {
  constant: (learningRate) => learningRate,
  linear: (learningRate, steps) => polynomialDecay({ learningRate, steps, endLearningRate: 0 }),
  cosine: (learningRate, steps) => cosineDecay({ learningRate, steps }),
  step: (learningRate, steps) => stepDecay({ learningRate, every: Math.ceil(steps / 3) }),
  exponential: (learningRate, steps) => exponentialDecay({ learningRate, steps, factor: 0.01 }),
  "one-cycle": (learningRate, steps) => oneCycle({ learningRate, steps }),
} satisfies Record<string, (learningRate: number, steps: number) => LearningRate>;

type OptimizerName = keyof typeof optimizers;
type ScheduleName = keyof typeof schedules;
export const OPTIMIZERS = Object.keys(optimizers) as OptimizerName[];
export const SCHEDULES = Object.keys(schedules) as ScheduleName[];

/** Steps below which a training ends before it has converged: a falling rate would only slow it down. */
export const SHORT_TRAINING = 1000;

export interface OptimizerChoice {
  readonly name: OptimizerName;
  /** Default: cosine, and constant in a training of fewer than {@link SHORT_TRAINING} steps. */
  readonly schedule?: ScheduleName | undefined;
  /** The highest of the schedule. Default: the optimizer's. */
  readonly learningRate?: number | undefined;
  /** Default: the optimizer's. */
  readonly weightDecay?: number | undefined;
}

/** @param steps of the whole training */
export function optimizerOf(choice: OptimizerChoice, steps: number): Optimizer {
  const { weightDecay, schedule = steps < SHORT_TRAINING ? "constant" : "cosine" } = choice;
  const optimizer = optimizers[choice.name]({ weightDecay, learningRate: choice.learningRate });
  // Until here a number: what was given, or the default.
  optimizer.learningRate = schedules[schedule](optimizer.learningRate as number, steps);
  return optimizer;
}
