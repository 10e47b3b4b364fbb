/** Schedules: the rates of PyTorch's, in every optimizer, through files; bad input. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { tensor } from "../../src/index.ts";
import { memory } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import { optimizerFromConfig, scheduleFromConfig } from "../../src/optim/fromConfig.ts";
import * as optim from "../../src/optim/index.ts";
import { State } from "../../src/runtime/state.ts";
import { record } from "../support/checks.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const fixtures = JSON.parse(
  readFileSync(new URL("../fixtures/schedules.json", import.meta.url), "utf8"),
) as Record<string, { options: object; rates: number[] }>;

describe.each(Object.entries(fixtures))("%s", (type, { options, rates }) => {
  const schedule = scheduleFromConfig({ type, ...options });

  test("gives PyTorch's rates", ({ task }) => {
    for (const [i, rate] of rates.entries()) expect(schedule(i), `iteration ${i}`).toBeCloseTo(rate, 9);
    const why = "a number on the host, the same for every device";
    record(task, [{ name: `schedules.${type}`, on: "host", forward: ["pytorch"], why }]);
  });

  test("is the same from a file", () => {
    const again = scheduleFromConfig(JSON.parse(JSON.stringify(schedule.config)));
    expect(again.config).toEqual(schedule.config);
    for (let i = 0; i < 30; i++) expect(again(i)).toBe(schedule(i));
  });
});

describe("schedules", () => {
  test("stay at their last value", () => {
    expect(optim.cosineDecay({ learningRate: 1, steps: 4, endLearningRate: 0.1 })(9)).toBeCloseTo(0.1, 12);
    expect(optim.polynomialDecay({ learningRate: 1, steps: 4 })(9)).toBe(1e-4);
    expect(optim.oneCycle({ learningRate: 1, steps: 10 })(99)).toBeCloseTo(4e-6, 12);
  });

  test("stairs, cycles that shrink, a warm-up into another schedule", () => {
    const stairs = optim.exponentialDecay({ learningRate: 1, factor: 0.5, steps: 3, staircase: true });
    expect([0, 2, 3, 6].map(stairs)).toEqual([1, 1, 0.5, 0.25]);
    const cycles = optim.cosineRestarts({ learningRate: 1, steps: 2, growth: 1, factor: 0.5 });
    expect([0, 2, 4].map(cycles)).toEqual([1, 0.5, 0.25]);
    const then = optim.stepDecay({ learningRate: 1, every: 2, factor: 0.5 });
    const warm = optim.warmup({ steps: 2, learningRate: then });
    expect([0, 1, 2, 3, 4].map(warm)).toEqual([0, 0.5, 1, 1, 0.5]);
    expect(scheduleFromConfig(warm.config).config).toEqual(warm.config);
  });

  test("have the defaults that they document", () => {
    const [rate, steps] = [{ learningRate: 1 }, { learningRate: 1, steps: 2 }];
    expect(optim.stepDecay({ ...rate, every: 2 }).config).toMatchObject({ factor: 0.1 });
    expect(optim.exponentialDecay({ ...rate, factor: 0.5 }).config).toMatchObject({ steps: 1 });
    expect(optim.polynomialDecay(steps).config).toMatchObject({ endLearningRate: 1e-4, power: 1 });
    expect(optim.cosineDecay(steps).config).toMatchObject({ endLearningRate: 0 });
    expect(optim.cosineRestarts(steps).config).toMatchObject({ endLearningRate: 0, growth: 2, factor: 1 });
    expect(optim.warmup(steps).config).toMatchObject({ start: 0 });
    expect(optim.oneCycle(steps).config).toMatchObject({ rise: 0.3, startDivisor: 25, endDivisor: 1e4 });
  });

  test("a cycle of one iteration", () => {
    expect(optim.oneCycle({ learningRate: 1, steps: 1 })(0)).toBeGreaterThan(0);
  });
});

describe("as learning rate", () => {
  const one = () => ({ state: State.from(tensor([1]).node, "w") });
  const halves = () => optim.stepDecay({ learningRate: 0.5, every: 1, factor: 0.5 });

  test("of a compiled step", async () => {
    const w = one();
    const optimizer = optim.sgd({ learningRate: halves() });
    const step = h.jit(() => optimizer.update(new Map([[w, tensor([1])]])));
    const seen: number[] = [];
    for (let i = 0; i < 3; i++) {
      await step();
      seen.push(await new h.Tensor(w.state.read()).item());
    }
    expect(seen).toEqual([0.5, 0.25, 0.125]);
  });

  test("of every optimizer: the same as setting it before each step", async () => {
    for (const type of ["sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamw"]) {
      const [a, b] = [one(), one()];
      const scheduled = optimizerFromConfig({ type, learningRate: halves().config, weightDecay: 0.1 });
      const byHand = optimizerFromConfig({ type, weightDecay: 0.1 });
      for (let i = 0; i < 3; i++) {
        byHand.learningRate = 0.5 * 0.5 ** i;
        scheduled.update(new Map([[a, tensor([0.3])]]));
        byHand.update(new Map([[b, tensor([0.3])]]));
      }
      const [x, y] = [new h.Tensor(a.state.read()), new h.Tensor(b.state.read())];
      expect(await x.item(), type).toBe(await y.item());
    }
  });

  test("goes on from a file", async () => {
    const data: [number[][], number[][]] = [
      [[1], [2], [3], [4]],
      [[2], [4], [6], [8]],
    ];
    const create = () => {
      const net = nn.sequential([nn.dense({ units: 1 })], { inputShape: [1], seed: 1 });
      const learningRate = optim.cosineDecay({ learningRate: 0.05, steps: 8 });
      return h.createModel(net, { optimizer: optim.sgd({ learningRate }), loss: "meanSquaredError" });
    };
    const whole = (await create().fit(data, { epochs: 3, batchSize: 2 })).stepLoss;
    const [model, store] = [create(), memory()];
    await model.fit(data, { epochs: 2, batchSize: 2 });
    await model.save(store);
    const again = await h.loadModel(store);
    expect((await again.fit(data, { batchSize: 2 })).stepLoss).toEqual(whole.slice(4));
  });

  test("a function of your own is not kept in files", async () => {
    const optimizer = optim.sgd({ learningRate: (i) => 1 / (i + 1) });
    expect(optimizer.config().learningRate).toEqual({ type: "custom" });
    expect(() => optimizerFromConfig(optimizer.config())).toThrow(
      "[model] the learning rate was a function of your own: build the model, then model.load(…)",
    );
  });
});

test.each<[() => unknown, string]>([
  [
    () => optim.stepDecay({ learningRate: 1, every: 0 }),
    "[stepDecay] every must be a positive integer: got 0",
  ],
  [
    () => optim.multiStepDecay({ learningRate: 1, milestones: [3, 3] }),
    "[multiStepDecay] milestones must be positive integers in rising order: got [3, 3]",
  ],
  [
    () => optim.exponentialDecay({ learningRate: 1, factor: 0 }),
    "[exponentialDecay] factor must be a positive number: got 0",
  ],
  [
    () => optim.polynomialDecay({ learningRate: 1, steps: 2.5 }),
    "[polynomialDecay] steps must be a positive integer: got 2.5",
  ],
  [
    () => optim.cosineDecay({ learningRate: -1, steps: 2 }),
    "[cosineDecay] learningRate must be a positive number: got -1",
  ],
  [
    () => optim.cosineRestarts({ learningRate: 1, steps: 2, growth: 0.5 }),
    "[cosineRestarts] growth must be at least 1: got 0.5",
  ],
  [
    () => optim.warmup({ learningRate: 1, steps: 2, start: -1 }),
    "[warmup] start must be a number of at least 0: got -1",
  ],
  [
    () => optim.oneCycle({ learningRate: 1, steps: 2, rise: 1 }),
    "[oneCycle] rise must lie between 0 and 1: got 1",
  ],
  [() => scheduleFromConfig({ type: "linear" }), '[model] the file describes an unknown schedule: "linear"'],
])("bad input %#", (make, message) => {
  expect(make).toThrow(message);
});
