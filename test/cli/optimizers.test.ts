/** The optimizer options of `heddle train`. */
import { expect, it } from "vitest";
import { optimizerOf, SHORT_TRAINING } from "../../src/cli/optimizers.ts";

it("the rate falls along a cosine by default, and stays in a short training", () => {
  expect(optimizerOf({ name: "adam" }, SHORT_TRAINING - 1).learningRate).toBe(1e-3);
  const rate = optimizerOf({ name: "adam" }, SHORT_TRAINING).learningRate as (step: number) => number;
  expect(rate(0)).toBeCloseTo(1e-3, 9);
  expect(rate(SHORT_TRAINING / 2)).toBeCloseTo(5e-4, 9);
  expect(rate(SHORT_TRAINING)).toBeCloseTo(0, 9);
});

it("a schedule that is asked for holds for any length", () => {
  const rate = optimizerOf({ name: "sgd", schedule: "linear", learningRate: 1 }, 10).learningRate;
  expect((rate as (step: number) => number)(5)).toBeCloseTo(0.5, 9);
});
