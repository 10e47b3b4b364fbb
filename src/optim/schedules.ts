/**
 * Schedules: learning rates as functions of the iteration, which counts from 0. Every optimizer takes one as
 * `learningRate`; a file keeps it as plain data. After its last step a schedule stays at its last value.
 */
import { count, flag, notNegative, openFraction, positive } from "../base/options/kinds.ts";
import {
  kind,
  type OptionsOf,
  options,
  required,
  type Schema,
  type ValuesOf,
} from "../base/options/schema.ts";
import { rate, rateAt, type Schedule } from "./learningRate.ts";

/** A schedule that files can keep. @param at makes, of the options, the rate of an iteration */
function schedule<S extends Schema>(
  type: string,
  schema: S,
  given: OptionsOf<S>,
  at: (values: ValuesOf<S>) => (iteration: number) => number,
): Schedule {
  const values: ValuesOf<S> = schema.read(type, given);
  return Object.assign(at(values), { config: { type, ...schema.plain(values) } });
}

const decayOptions = options({
  /** The rate at the start. */
  learningRate: required(positive()),
  /** Iterations until the end. */
  steps: required(count()),
  /** The rate at the end. Default 0. */
  endLearningRate: notNegative(0),
});

/** From 1 to 0 along half a cosine, for `done` from 0 to 1. */
const halfCosine = (done: number): number => (1 + Math.cos(Math.PI * done)) / 2;

const stepDecayOptions = options({
  /** The rate at the start. */
  learningRate: required(positive()),
  /** Iterations between changes. */
  every: required(count()),
  /** Each change multiplies by this. Default 0.1. */
  factor: positive(0.1),
});

/** Options of {@link stepDecay}. */
export interface StepDecayOptions extends OptionsOf<typeof stepDecayOptions> {}

/**
 * Times `factor` after every `every` iterations.
 * @throws HeddleError when a number is out of its range
 */
export const stepDecay = (options: StepDecayOptions): Schedule =>
  schedule(
    "stepDecay",
    stepDecayOptions,
    options,
    ({ learningRate, every, factor }) =>
      (i) =>
        learningRate * factor ** Math.floor(i / every),
  );

const rising = /* @__PURE__ */ kind<readonly number[]>((list) =>
  Array.isArray(list) && list.every((m, k) => Number.isInteger(m) && m > (list[k - 1] ?? 0))
    ? ""
    : "must be positive integers in rising order",
);

const multiStepDecayOptions = options({
  /** The rate at the start. */
  learningRate: required(positive()),
  /** The iterations of the changes, in rising order. */
  milestones: required(rising()),
  /** Each change multiplies by this. Default 0.1. */
  factor: positive(0.1),
});

/** Options of {@link multiStepDecay}. */
export interface MultiStepDecayOptions extends OptionsOf<typeof multiStepDecayOptions> {}

/**
 * Times `factor` at each of the `milestones`.
 * @throws HeddleError when a number is out of its range
 */
export const multiStepDecay = (options: MultiStepDecayOptions): Schedule =>
  schedule(
    "multiStepDecay",
    multiStepDecayOptions,
    options,
    ({ learningRate, milestones, factor }) =>
      (i) =>
        learningRate * factor ** milestones.filter((m) => m <= i).length,
  );

const exponentialDecayOptions = options({
  /** The rate at the start. */
  learningRate: required(positive()),
  /** What `steps` iterations multiply by. */
  factor: required(positive()),
  /** Iterations of one period. Default 1. */
  steps: count(1),
  /** Changes only at the end of a period. Default false. */
  staircase: flag(false),
});

/** Options of {@link exponentialDecay}. */
export interface ExponentialDecayOptions extends OptionsOf<typeof exponentialDecayOptions> {}

/**
 * Times `factor` over every `steps` iterations, smoothly, or in stairs when `staircase`.
 * @throws HeddleError when a number is out of its range
 */
export const exponentialDecay = (options: ExponentialDecayOptions): Schedule =>
  schedule(
    "exponentialDecay",
    exponentialDecayOptions,
    options,
    ({ learningRate, factor, steps, staircase }) =>
      (i) => {
        const periods = i / steps;
        return learningRate * factor ** (staircase ? Math.floor(periods) : periods);
      },
  );

const polynomialDecayOptions = options({
  ...decayOptions.entries,
  /** The rate at the end. Default 1e-4, as in Keras. */
  endLearningRate: notNegative(1e-4),
  /** Of the part of the way that is left. Default 1: a line. */
  power: positive(1),
});

/** Options of {@link polynomialDecay}. */
export interface PolynomialDecayOptions extends OptionsOf<typeof polynomialDecayOptions> {}

/**
 * To `endLearningRate` in `steps` iterations, by a `power`.
 * @throws HeddleError when a number is out of its range
 */
export const polynomialDecay = (options: PolynomialDecayOptions): Schedule =>
  schedule(
    "polynomialDecay",
    polynomialDecayOptions,
    options,
    ({ learningRate, steps, endLearningRate, power }) =>
      (i) => {
        const left = 1 - Math.min(i, steps) / steps;
        return endLearningRate + (learningRate - endLearningRate) * left ** power;
      },
  );

/** Options of {@link cosineDecay}. */
export interface CosineDecayOptions extends OptionsOf<typeof decayOptions> {}

/**
 * To `endLearningRate` in `steps` iterations along half a cosine. Loshchilov & Hutter 2017.
 * @throws HeddleError when a number is out of its range
 */
export const cosineDecay = (options: CosineDecayOptions): Schedule =>
  schedule("cosineDecay", decayOptions, options, ({ learningRate, steps, endLearningRate }) => (i) => {
    const left = halfCosine(Math.min(i, steps) / steps);
    return endLearningRate + (learningRate - endLearningRate) * left;
  });

const atLeastOne = /* @__PURE__ */ kind<number>((v) =>
  Number.isFinite(v) && (v as number) >= 1 ? "" : "must be at least 1",
);

const cosineRestartsOptions = options({
  ...decayOptions.entries,
  /** How many times as long as the one before a cycle is. Default 2. */
  growth: atLeastOne(2),
  /** How many times as high as the one before a cycle starts. Default 1. */
  factor: positive(1),
});

/** Options of {@link cosineRestarts}. */
export interface CosineRestartsOptions extends OptionsOf<typeof cosineRestartsOptions> {}

/**
 * Cosine decay that starts again and again: the first cycle has `steps` iterations, each is `growth` times as long as
 * the one before and starts from `factor` times its height. Loshchilov & Hutter 2017 (SGDR).
 * @throws HeddleError when a number is out of its range
 */
export const cosineRestarts = (options: CosineRestartsOptions): Schedule =>
  schedule(
    "cosineRestarts",
    cosineRestartsOptions,
    options,
    ({ learningRate, steps, endLearningRate, growth, factor }) =>
      (i) => {
        let [start, length, height] = [0, steps, learningRate];
        while (i >= start + length) {
          start += length;
          length *= growth;
          height *= factor;
        }
        return endLearningRate + (height - endLearningRate) * halfCosine((i - start) / length);
      },
  );

const warmupOptions = options({
  /** A number or a schedule, which begins after the rise. */
  learningRate: required(rate()),
  /** Iterations of the rise. */
  steps: required(count()),
  /** The first rate. Default 0. */
  start: notNegative(0),
});

/** Options of {@link warmup}. */
export interface WarmupOptions extends OptionsOf<typeof warmupOptions> {}

/**
 * Rises from `start` in a line for `steps` iterations to where `learningRate`, a number or a schedule, begins.
 *
 * @example
 * adam({ learningRate: warmup({ steps: 500, learningRate: cosineDecay({ learningRate: 1e-3, steps: 10_000 }) }) });
 * @throws HeddleError when a number is out of its range
 */
export const warmup = (options: WarmupOptions): Schedule =>
  schedule(
    "warmup",
    warmupOptions,
    options,
    ({ learningRate, steps, start }) =>
      (i) =>
        i < steps ? start + (rateAt(learningRate, 0) - start) * (i / steps) : rateAt(learningRate, i - steps),
  );

const oneCycleOptions = options({
  /** The highest rate. */
  learningRate: required(positive()),
  /** Iterations of the whole cycle. */
  steps: required(count()),
  /** The fraction of the steps in which the rate rises. Default 0.3. */
  rise: openFraction(0.3),
  /** The first rate is learningRate divided by this. Default 25. */
  startDivisor: positive(25),
  /** The last rate is the first one divided by this. Default 1e4. */
  endDivisor: positive(1e4),
});

/** Options of {@link oneCycle}. */
export interface OneCycleOptions extends OptionsOf<typeof oneCycleOptions> {}

/**
 * One cycle: up to `learningRate` in the first `rise` of all `steps`, then down, both along half cosines. Smith & Topin
 * 2018; the shape and defaults are PyTorch's, momentum stays as it is.
 * @throws HeddleError when a number is out of its range
 */
export const oneCycle = (options: OneCycleOptions): Schedule =>
  schedule(
    "oneCycle",
    oneCycleOptions,
    options,
    ({ learningRate, steps, rise, startDivisor, endDivisor }) => {
      const start = learningRate / startDivisor;
      const end = start / endDivisor;
      // The highest rate falls between iterations where the fraction says so.
      const top = rise * steps - 1;
      return (i) => {
        if (i < top) return learningRate + (start - learningRate) * halfCosine(i / top);
        const done = Math.min(1, (i - top) / (steps - 1 - top));
        return end + (learningRate - end) * halfCosine(done);
      };
    },
  );
