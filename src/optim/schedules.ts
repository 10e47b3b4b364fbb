/**
 * Schedules: learning rates as functions of the iteration, which counts from 0. Every optimizer takes one as
 * `learningRate`; a file keeps it as plain data. After its last step a schedule stays at its last value.
 */
import { checkOptions, count, flag, notNegative, positive, type Rule, type Rules } from "../base/options.ts";
import { describeRate, type LearningRate, rate, rateAt, type Schedule } from "./learningRate.ts";

function schedule(type: string, options: object, rate: (iteration: number) => number): Schedule {
  return Object.assign(rate, { config: { type, ...options } });
}

/** What most schedules take. */
interface DecayOptions {
  /** The rate at the start. */
  readonly learningRate: number;
  /** Iterations until the end. */
  readonly steps: number;
  /** The rate at the end. Default 0. */
  readonly endLearningRate?: number;
}

const decayRules: Rules<DecayOptions> = {
  learningRate: positive,
  steps: count,
  endLearningRate: notNegative,
};

/** From 1 to 0 along half a cosine, for `done` from 0 to 1. */
const halfCosine = (done: number): number => (1 + Math.cos(Math.PI * done)) / 2;

/**
 * Times `factor` (default 0.1) after every `every` iterations.
 * @throws HeddleError when a number is out of its range
 */
export function stepDecay(options: { learningRate: number; every: number; factor?: number }): Schedule {
  checkOptions("stepDecay", options, { learningRate: positive, every: count, factor: positive }, [
    "learningRate",
    "every",
  ]);
  const { learningRate, every, factor = 0.1 } = options;
  return schedule(
    "stepDecay",
    { learningRate, every, factor },
    (i) => learningRate * factor ** Math.floor(i / every),
  );
}

const rising: Rule = (list) =>
  Array.isArray(list) && list.every((m, k) => Number.isInteger(m) && m > (list[k - 1] ?? 0))
    ? ""
    : "must be positive integers in rising order";

/**
 * Times `factor` (default 0.1) at each of the `milestones`, which are iterations in rising order.
 * @throws HeddleError when a number is out of its range
 */
export function multiStepDecay(options: {
  learningRate: number;
  milestones: readonly number[];
  factor?: number;
}): Schedule {
  const rules = { learningRate: positive, milestones: rising, factor: positive };
  checkOptions("multiStepDecay", options, rules, ["learningRate", "milestones"]);
  const { learningRate, milestones, factor = 0.1 } = options;
  return schedule(
    "multiStepDecay",
    { learningRate, milestones, factor },
    (i) => learningRate * factor ** milestones.filter((m) => m <= i).length,
  );
}

/**
 * Times `factor` over every `steps` iterations (default 1), smoothly, or in stairs when `staircase`.
 * @throws HeddleError when a number is out of its range
 */
export function exponentialDecay(options: {
  learningRate: number;
  factor: number;
  steps?: number;
  staircase?: boolean;
}): Schedule {
  const rules = { learningRate: positive, factor: positive, steps: count, staircase: flag };
  checkOptions("exponentialDecay", options, rules, ["learningRate", "factor"]);
  const { learningRate, factor, steps = 1, staircase = false } = options;
  return schedule("exponentialDecay", { learningRate, factor, steps, staircase }, (i) => {
    const periods = i / steps;
    return learningRate * factor ** (staircase ? Math.floor(periods) : periods);
  });
}

/**
 * To `endLearningRate` (default 1e-4, as in Keras) in `steps` iterations, by a `power` (default 1: a line).
 * @throws HeddleError when a number is out of its range
 */
export function polynomialDecay(options: DecayOptions & { readonly power?: number }): Schedule {
  checkOptions("polynomialDecay", options, { ...decayRules, power: positive }, ["learningRate", "steps"]);
  const { learningRate, steps, endLearningRate = 1e-4, power = 1 } = options;
  return schedule("polynomialDecay", { learningRate, steps, endLearningRate, power }, (i) => {
    const left = 1 - Math.min(i, steps) / steps;
    return endLearningRate + (learningRate - endLearningRate) * left ** power;
  });
}

/**
 * To `endLearningRate` in `steps` iterations along half a cosine. Loshchilov & Hutter 2017.
 * @throws HeddleError when a number is out of its range
 */
export function cosineDecay(options: DecayOptions): Schedule {
  checkOptions("cosineDecay", options, decayRules, ["learningRate", "steps"]);
  const { learningRate, steps, endLearningRate = 0 } = options;
  return schedule("cosineDecay", { learningRate, steps, endLearningRate }, (i) => {
    const left = halfCosine(Math.min(i, steps) / steps);
    return endLearningRate + (learningRate - endLearningRate) * left;
  });
}

/**
 * Cosine decay that starts again and again: cycles of `steps` iterations, each `growth` times as long as the one
 * before (default 2) and from `factor` times its height (default 1). Loshchilov & Hutter 2017 (SGDR).
 * @throws HeddleError when a number is out of its range
 */
export function cosineRestarts(
  options: DecayOptions & { readonly growth?: number; readonly factor?: number },
): Schedule {
  const atLeastOne: Rule = (v) => (Number.isFinite(v) && (v as number) >= 1 ? "" : "must be at least 1");
  const rules = { ...decayRules, growth: atLeastOne, factor: positive };
  checkOptions("cosineRestarts", options, rules, ["learningRate", "steps"]);
  const { learningRate, steps, endLearningRate = 0, growth = 2, factor = 1 } = options;
  return schedule("cosineRestarts", { learningRate, steps, endLearningRate, growth, factor }, (i) => {
    let [start, length, height] = [0, steps, learningRate];
    while (i >= start + length) {
      start += length;
      length *= growth;
      height *= factor;
    }
    return endLearningRate + (height - endLearningRate) * halfCosine((i - start) / length);
  });
}

/**
 * Rises from `start` (default 0) in a line for `steps` iterations to where `learningRate`, a number or a schedule,
 * begins.
 *
 * @example
 * adam({ learningRate: warmup({ steps: 500, learningRate: cosineDecay({ learningRate: 1e-3, steps: 10_000 }) }) });
 * @throws HeddleError when a number is out of its range
 */
export function warmup(options: { learningRate: LearningRate; steps: number; start?: number }): Schedule {
  checkOptions("warmup", options, { learningRate: rate, steps: count, start: notNegative }, [
    "learningRate",
    "steps",
  ]);
  const { learningRate, steps, start = 0 } = options;
  return schedule("warmup", { learningRate: describeRate(learningRate), steps, start }, (i) =>
    i < steps ? start + (rateAt(learningRate, 0) - start) * (i / steps) : rateAt(learningRate, i - steps),
  );
}

/**
 * One cycle: up to `learningRate` in the first `rise` (default 0.3) of all `steps`, then down, both along half cosines.
 * Starts at learningRate / `startDivisor` (default 25) and ends at that / `endDivisor` (default 1e4). Smith & Topin
 * 2018; the shape and defaults are PyTorch's, momentum stays as it is.
 * @throws HeddleError when a number is out of its range
 */
export function oneCycle(options: {
  learningRate: number;
  steps: number;
  rise?: number;
  startDivisor?: number;
  endDivisor?: number;
}): Schedule {
  const between: Rule = (v) => (positive(v, "", "") || (v as number) >= 1 ? "must lie between 0 and 1" : "");
  const divisors = { startDivisor: positive, endDivisor: positive };
  const rules = { learningRate: positive, steps: count, rise: between, ...divisors };
  checkOptions("oneCycle", options, rules, ["learningRate", "steps"]);
  const { learningRate, steps, rise = 0.3, startDivisor = 25, endDivisor = 1e4 } = options;
  const start = learningRate / startDivisor;
  const end = start / endDivisor;
  // The highest rate falls between iterations where the share says so.
  const top = rise * steps - 1;
  return schedule("oneCycle", { learningRate, steps, rise, startDivisor, endDivisor }, (i) => {
    if (i < top) return learningRate + (start - learningRate) * halfCosine(i / top);
    const done = Math.min(1, (i - top) / (steps - 1 - top));
    return end + (learningRate - end) * halfCosine(done);
  });
}
