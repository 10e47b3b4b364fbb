// Breadth: whatever the package offers has rows in the op suite, and docs/ops.md shows them.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import * as activations from "../../src/tensor/activations.ts";
import * as create from "../../src/tensor/create.ts";
import * as functions from "../../src/tensor/functions.ts";
import * as images from "../../src/tensor/images.ts";
import * as methods from "../../src/tensor/methods.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";
import * as losses from "../../src/train/losses/index.ts";
import * as metrics from "../../src/train/metrics/index.ts";
import { LAYER_CASES } from "../nn/cases.ts";
import { CASES } from "../ops/cases.ts";
import { opOf } from "../support/case.ts";
import { root } from "./blocks.ts";

/** Factories and functions of an entry point; classes are what factories make. */
const offered = (entry: object, prefix: string, ...others: readonly string[]): string[] =>
  Object.entries(entry)
    .filter(([name, value]) => typeof value === "function" && /^[a-z]/.test(name) && !others.includes(name))
    .map(([name]) => prefix + name);

const SCHEDULES = Object.keys(optim).filter((name) =>
  /Decay$|^cosineRestarts$|^oneCycle$|^warmup$/.test(name),
);

const NAMES = [
  ...[functions, methods, activations, images, create].flatMap((family) => offered(family, "")),
  ...offered(nn, "nn.", "input"),
  ...offered(nn.initializers, "initializers.", "initializerOf", "initializer"),
  ...offered(nn.regularizers, "regularizers.", "checkRegularizer", "penaltyOf"),
  ...offered(losses, "losses."),
  ...offered(metrics, "metrics.", "accumulator", "measure"),
  ...offered(optim, "optim.", ...SCHEDULES),
  ...SCHEDULES.map((name) => `schedules.${name}`),
];

const page = readFileSync(`${root}/docs/ops.md`, "utf8");
const shown = new Set([...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name));

type Gives = (...args: never[]) => Tensor | Tensor[];
type Method = { [K in keyof Tensor]: Tensor[K] extends Gives ? K : never }[keyof Tensor];
type Missing = Exclude<Method, keyof typeof functions | keyof typeof methods>;
/** Does not compile while a method that gives tensors is no function. */
const everyMethodIsAFunction: [Missing] extends [never] ? true : Missing = true;

it("offers every method of tensors as a function", () => {
  expect(everyMethodIsAFunction).toBe(true);
});

describe("docs/ops.md", () => {
  it("has a row for every op, layer, loss, metric, initializer, optimizer and schedule", () => {
    expect(NAMES.length).toBeGreaterThan(200);
    expect(NAMES.filter((name) => !shown.has(name))).toEqual([]);
  });

  it("has the rows of the op suite: npm run docs", () => {
    const rows = new Set([...CASES, ...LAYER_CASES].map(({ name }) => opOf(name)));
    expect([...rows].filter((name) => !shown.has(name))).toEqual([]);
  });
});
