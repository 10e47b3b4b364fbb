/** What an optimizer takes as learning rate: a number, or a function of the iteration, such as a schedule. */
import { notNegative } from "../base/options/kinds.ts";
import { kind } from "../base/options/schema.ts";

/** A schedule as plain data. */
export type ScheduleConfig = { readonly type: string } & { readonly [option: string]: unknown };

/** The learning rate of an iteration; they count from 0. */
export interface Schedule {
  (iteration: number): number;
  /** As plain data, for files. */
  readonly config: ScheduleConfig;
}

/** A number, a schedule, or a function of your own of the iteration, which counts from 0; files keep the first two. */
export type LearningRate = number | Schedule | ((iteration: number) => number);

/** The rate of an iteration. */
export const rateAt = (rate: LearningRate, iteration: number): number =>
  typeof rate === "number" ? rate : rate(iteration);

/** The rate as plain data; `{ type: "custom" }` for a function that says nothing of itself. */
function describeRate(rate: LearningRate): number | ScheduleConfig {
  if (typeof rate === "number") return rate;
  return "config" in rate ? rate.config : { type: "custom" };
}

/** A learning rate as an option: a function, or a number from 0 up. */
export const rate = /* @__PURE__ */ kind<LearningRate>(
  (value, where, name) => (typeof value === "function" ? "" : notNegative().check(value, where, name)),
  describeRate,
);
