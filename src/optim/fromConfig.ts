/** Optimizers and schedules from their description in a file. Imports every one: only loading needs it. */
import { fail } from "../base/errors.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import type { ParameterGroup } from "./groups.ts";
import type { LearningRate, Schedule, ScheduleConfig } from "./learningRate.ts";
import { lion } from "./lion.ts";
import type { Optimizer, OptimizerConfig, OptimizerOptions } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import * as schedules from "./schedules.ts";
import { sgd } from "./sgd.ts";

const OPTIMIZERS: Record<string, (options: OptimizerOptions) => Optimizer> = {
  sgd,
  rmsprop,
  adagrad,
  adadelta,
  adam,
  adamw,
  lion,
};
const SCHEDULES: Record<string, (options: never) => Schedule> = { ...schedules };

/** @throws HeddleError when the description names no built-in optimizer, or its rate was a function of your own */
export function optimizerFromConfig({ type, ...options }: OptimizerConfig): Optimizer {
  if (!Object.hasOwn(OPTIMIZERS, type)) {
    fail("model", `the file describes an unknown optimizer: ${JSON.stringify(type)}`);
  }
  const groups = (options.groups as readonly ParameterGroup[] | undefined)?.map(withRate);
  return OPTIMIZERS[type]({ ...withRate(options), ...(groups && { groups }) });
}

/** @throws HeddleError when the description names no built-in schedule */
export function scheduleFromConfig({ type, ...options }: ScheduleConfig): Schedule {
  if (type === "custom") {
    fail("model", "the learning rate was a function of your own: build the model, then model.load(…)");
  }
  if (!Object.hasOwn(SCHEDULES, type)) {
    fail("model", `the file describes an unknown schedule: ${JSON.stringify(type)}`);
  }
  return SCHEDULES[type](withRate(options) as never);
}

const isSchedule = (rate: unknown): rate is ScheduleConfig => typeof rate === "object";

/** With a described schedule made again. */
function withRate<O extends { readonly learningRate?: unknown }>(
  options: O,
): O & { learningRate?: LearningRate } {
  const { learningRate } = options;
  return {
    ...options,
    ...(isSchedule(learningRate) && { learningRate: scheduleFromConfig(learningRate) }),
  } as O & { learningRate?: LearningRate };
}
