/** Wrong values that many options have in common, and the rules that they break. */
import * as kinds from "../../src/base/options/kinds.ts";
import type { Check } from "../../src/base/options/schema.ts";
import { activationLike } from "../../src/nn/activations.ts";
import { initializerLike, regularizerLike } from "../../src/nn/options.ts";
import { padding2d } from "../../src/nn/window.ts";
import { padding1d } from "../../src/nn/window1d.ts";
import { pairOfCounts } from "../../src/ops/window.ts";
import { rate } from "../../src/optim/learningRate.ts";
import type { Wrong } from "./rows.ts";

const all = (rule: string, ...values: readonly unknown[]): readonly Wrong[] =>
  values.map((value) => [value, rule]);

/** As it must be given. */
export const required = (list: readonly Wrong[]): readonly Wrong[] => [[undefined, list[0][1]], ...list];

export const COUNT = all("must be a positive integer", 0, -1, 2.5, Number.NaN, Infinity, "64", null);
export const FROM_ZERO = all("must be an integer of at least 0", -1, 0.5, Number.NaN, "1");
export const INTEGER = all("must be an integer", 0.5, Number.NaN, Infinity, "1");
export const NUMBER = all("must be a number", Number.NaN, Infinity, "1", null);
export const POSITIVE = all("must be a positive number", 0, -1, Number.NaN, Infinity, "1");
export const NOT_NEGATIVE = all("must be a number of at least 0", -1, Number.NaN, Infinity, "1");
export const FRACTION = all("must lie in [0, 1)", -0.1, 1, 1.5, Number.NaN, "0.5");
export const OPEN_FRACTION = all("must lie between 0 and 1", 0, 1, -1, Number.NaN, "0.5");
export const FLAG = all("must be true or false", 1, "yes", null);

export const PAIR: readonly Wrong[] = [
  ...all("must be a positive integer or two of them", 0, 1.5, Number.NaN, "3", null, [3]),
  [[3, 0], "must be a positive integer or two of them", "[3, 0]"],
  [[3, 3, 3], "must be a positive integer or two of them", "[3, 3, 3]"],
];

export const PADDING: readonly Wrong[] = [
  ...all('must be "valid", "same", integers or [[top, bottom], [left, right]]', "sme", 0.5, Number.NaN, [1]),
  [[1, 2, 3], 'must be "valid", "same", integers or [[top, bottom], [left, right]]', "[1, 2, 3]"],
  [[[1], [1, 2]], 'must be "valid", "same", integers or [[top, bottom], [left, right]]', "[[1], [1, 2]]"],
];

export const PADDING_1D = all('must be "valid", "same", an integer or [before, after]', "sme", 0.5, [1]);

const ACTIVATIONS =
  "must be one of linear, identity, relu, relu6, leakyRelu, elu, selu, gelu, silu, sigmoid, hardSigmoid, tanh, " +
  "softplus, softsign, binaryStep, softmax, logSoftmax, or a function";
export const ACTIVATION = all(ACTIVATIONS, "rleu", 1, null, { name: "Relu" });

const INITIALIZERS =
  "must be one of zeros, ones, constant, uniform, normal, truncatedNormal, glorotUniform, glorotNormal, heUniform, " +
  "heNormal, lecunUniform, lecunNormal, orthogonal, identity, or an object with make()";
export const INITIALIZER = all(INITIALIZERS, "glorot", 0, null, { name: "he" });

const REGULARIZERS = "must be l1(rate), l2(rate), l1l2({ l1, l2 }) or a function";
export const REGULARIZER = all(REGULARIZERS, "l2", 0.01, null, {});

/** By the check of a kind. */
export const WRONG: ReadonlyMap<Check, readonly Wrong[]> = new Map([
  [kinds.count().check, COUNT],
  [kinds.fromZero().check, FROM_ZERO],
  [kinds.integer().check, INTEGER],
  [kinds.number().check, NUMBER],
  [kinds.positive().check, POSITIVE],
  [kinds.notNegative().check, NOT_NEGATIVE],
  [kinds.fraction().check, FRACTION],
  [kinds.openFraction().check, OPEN_FRACTION],
  [kinds.flag().check, FLAG],
  [pairOfCounts().check, PAIR],
  [padding2d().check, PADDING],
  [padding1d().check, PADDING_1D],
  [activationLike().check, ACTIVATION],
  [initializerLike().check, INITIALIZER],
  [regularizerLike().check, REGULARIZER],
  [rate().check, NOT_NEGATIVE],
]);
