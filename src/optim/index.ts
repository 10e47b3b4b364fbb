/** `heddle/optim`: optimizers and learning-rate schedules. */
export { Adadelta, type AdadeltaOptions, adadelta } from "./adadelta.ts";
export { Adagrad, type AdagradOptions, adagrad } from "./adagrad.ts";
export { Adam, type AdamOptions, adam, adamw } from "./adam.ts";
export type { ClipOptions } from "./clip.ts";
export { ema, type WeightAverages } from "./ema.ts";
export type { ParameterGroup } from "./groups.ts";
export { type Closure, Lbfgs, type LbfgsOptions, type LbfgsState, lbfgs } from "./lbfgs.ts";
export type { LearningRate, Schedule, ScheduleConfig } from "./learningRate.ts";
export { Lion, type LionOptions, lion } from "./lion.ts";
export {
  Optimizer,
  type OptimizerConfig,
  type OptimizerOptions,
  type OptimizerValues,
  type PerStep,
  type UpdateRule,
} from "./optimizer.ts";
export { Rmsprop, type RmspropOptions, rmsprop } from "./rmsprop.ts";
export {
  type CosineDecayOptions,
  type CosineRestartsOptions,
  cosineDecay,
  cosineRestarts,
  type ExponentialDecayOptions,
  exponentialDecay,
  type MultiStepDecayOptions,
  multiStepDecay,
  type OneCycleOptions,
  oneCycle,
  type PolynomialDecayOptions,
  polynomialDecay,
  type StepDecayOptions,
  stepDecay,
  type WarmupOptions,
  warmup,
} from "./schedules.ts";
export { Sgd, type SgdOptions, sgd } from "./sgd.ts";
