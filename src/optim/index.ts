/** `heddle/optim`: optimizers. */
export { Adagrad, type AdagradOptions, adagrad } from "./adagrad.ts";
export { Adam, type AdamOptions, adam, adamw } from "./adam.ts";
export {
  Optimizer,
  type OptimizerConfig,
  type OptimizerOptions,
  type PerStep,
  type Rule,
} from "./optimizer.ts";
export { Rmsprop, type RmspropOptions, rmsprop } from "./rmsprop.ts";
export { Sgd, type SgdOptions, sgd } from "./sgd.ts";
