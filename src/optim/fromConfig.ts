/** Optimizers from their description in a file. Imports every one: only loading needs it. */
import { fail } from "../base/errors.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import type { Optimizer, OptimizerConfig } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

const OPTIMIZERS: Record<string, (options: object) => Optimizer> = { sgd, rmsprop, adagrad, adam, adamw };

/** @throws HeddleError when the description names no built-in optimizer */
export function optimizerFromConfig({ type, ...options }: OptimizerConfig): Optimizer {
  if (!Object.hasOwn(OPTIMIZERS, type)) {
    fail("model", `the file describes an unknown optimizer: ${JSON.stringify(type)}`);
  }
  return OPTIMIZERS[type](options);
}
