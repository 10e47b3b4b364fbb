/** Optimizers: trajectories as in PyTorch, eager and compiled; hyperparameters of compiled steps; bad input. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import * as optim from "../../src/optim/index.ts";
import { State } from "../../src/runtime/state.ts";
import { checkedOn, optimizerCheck, record } from "../support/checks.ts";
import { DEVICES } from "../support/devices.ts";
import { follow, followEma, type Problem, type Trajectory } from "./follow.ts";

const { problem, ...trajectories } = JSON.parse(
  readFileSync(new URL("../fixtures/optimizers.json", import.meta.url), "utf8"),
) as { problem: Problem } & Record<string, Trajectory>;

const read = async (list: readonly { state: State }[]): Promise<number[]> => {
  const values = await Promise.all(list.map(({ state }) => new h.Tensor(state.read()).data()));
  return values.flatMap((v) => [...v]);
};

for (const { name: device, start, missing } of DEVICES) {
  if (!start) continue;
  describe.skipIf(missing)(device, () => {
    beforeAll(() => start(h));
    describe.for(Object.entries(trajectories))("%s", ([name, trajectory]) => {
      test.for(["eager", "compiled"] as const)("follows PyTorch, %s", async (mode, { task }) => {
        expect(await follow(h, problem, trajectory, mode)).toEqual([]);
        record(task, [optimizerCheck(name, checkedOn(device))]);
      });
    });
    test("ema averages", async ({ task }) => {
      expect(await followEma(h)).toEqual([]);
      record(task, [optimizerCheck("ema", checkedOn(device), "values")]);
    });
  });
}

type Placed = { learningRate: number; epsilon: number; epsilonAs: "keras" | "pytorch" };
/** The change of one step of rate 1 with gradient 0.5 and ε = 0.1, as in Keras and as in PyTorch. */
const PLACES: [string, (options: Placed) => optim.Optimizer, number, number][] = [
  ["adam", (options) => optim.adam({ ...options, beta1: 0, beta2: 0.75 }), 0.25 / 0.35, 0.5 / 0.6],
  ["rmsprop", (options) => optim.rmsprop({ ...options, rho: 0.75 }), 0.5 / Math.sqrt(0.1625), 0.5 / 0.35],
  [
    "adagrad",
    (options) => optim.adagrad({ ...options, initialAccumulator: 0 }),
    0.5 / Math.sqrt(0.35),
    0.5 / 0.6,
  ],
];

describe("update", () => {
  beforeAll(() => h.setDevice("wasm", { threads: 1 }));
  const one = (value = 1) => ({ state: State.from(tensor([value]).node, "w") });

  test("a compiled step reads the learning rate at each call", async () => {
    const w = one();
    const optimizer = optim.sgd({ learningRate: 0.5 });
    const step = h.jit(() => optimizer.update(new Map([[w, tensor([1])]])));
    await step();
    expect(await read([w])).toEqual([0.5]);
    optimizer.learningRate = 0.25;
    await step();
    expect(await read([w])).toEqual([0.25]);
  });

  test("two updates in one compiled step are two steps", async () => {
    const [twice, eager] = [one(), one()];
    const [a, b] = [optim.adam({ learningRate: 0.1 }), optim.adam({ learningRate: 0.1 })];
    const step = h.jit((g: Tensor) => {
      a.update(new Map([[twice, g]]));
      a.update(new Map([[twice, g.mul(2)]]));
    });
    for (let i = 0; i < 2; i++) {
      await step(tensor([0.3]));
      b.update(new Map([[eager, tensor([0.3])]]));
      b.update(new Map([[eager, tensor([0.6])]]));
    }
    expect(a.iterations).toBe(4);
    expect((await read([twice]))[0]).toBeCloseTo((await read([eager]))[0], 6);
  });

  test("a failed trace leaves no slots and counts no step", async () => {
    const w = one();
    const optimizer = optim.adam();
    const step = h.jit(() => {
      optimizer.update(new Map([[w, tensor([1])]]));
      throw new Error("no");
    });
    await expect(step()).rejects.toThrow("no");
    expect(optimizer.slots(w).size).toBe(0);
    expect(optimizer.iterations).toBe(0);
    expect(await read([w])).toEqual([1]);
  });

  test("weight decay is apart from the gradient, and zero gradients leave parameters where they are", async () => {
    const w = one(2);
    optim.sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.5 }).update(new Map([[w, tensor([0])]]));
    expect((await read([w]))[0]).toBeCloseTo(1.9, 6);
    for (const make of [optim.adam, optim.rmsprop, optim.adagrad, optim.adadelta]) {
      make().update(new Map([[w, tensor([0])]]));
      expect((await read([w]))[0]).toBeCloseTo(1.9, 6);
    }
  });

  test.each(PLACES)("%s puts epsilon where Keras or PyTorch do", async (_, make, keras, pytorch) => {
    for (const [epsilonAs, change] of [
      ["keras", keras],
      ["pytorch", pytorch],
    ] as const) {
      const w = one();
      make({ learningRate: 1, epsilon: 0.1, epsilonAs }).update(new Map([[w, tensor([0.5])]]));
      expect((await read([w]))[0], epsilonAs).toBeCloseTo(1 - change, 5);
    }
  });

  test("bad input", () => {
    expect(() => optim.adam({ learningRate: Number.NaN })).toThrow(
      "[adam] learningRate must be a number of at least 0: got NaN",
    );
    expect(() => optim.adamw({ beta1: 1 })).toThrow("[adamw] beta1 must lie in [0, 1): got 1");
    expect(() => optim.rmsprop({ epsilon: 0 })).toThrow("[rmsprop] epsilon must be a positive number: got 0");
    expect(() => optim.adadelta({ rho: -1 })).toThrow("[adadelta] rho must lie in [0, 1): got -1");
    expect(() => optim.sgd({ nesterov: true })).toThrow("[sgd] nesterov needs a momentum above 0: got 0");
    expect(() => optim.sgd().update(new Map([[one(), tensor([1, 2])]]))).toThrow(
      "[sgd] gradients must have their parameter's shape: got a gradient [2] for w [1]",
    );
    expect(() => optim.sgd().update([] as never)).toThrow(
      "[sgd] update takes a Map from parameter to gradient: what valueAndGrad(net, …) returns",
    );
  });
});
