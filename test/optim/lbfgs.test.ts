/** L-BFGS: PyTorch's iterations, hard functions, the line search on its own; bad input. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import { memory } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { strongWolfe } from "../../src/optim/lineSearch.ts";
import { State } from "../../src/runtime/state.ts";
import { checkedOn, optimizerCheck, record } from "../support/checks.ts";
import { DEVICES } from "../support/devices.ts";
import { followLbfgs, type LbfgsFixture } from "./follow.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const fixture: LbfgsFixture = JSON.parse(
  readFileSync(new URL("../fixtures/lbfgs.json", import.meta.url), "utf8"),
);

const parameter = (values: number[], shape: number[], name: string) => ({
  state: State.from(tensor(Float32Array.from(values), { shape }).node, name),
});
const current = (p: { state: State }): Tensor => new h.Tensor(p.state.read());

test("finds the end of Rosenbrock's valley", async () => {
  const w = parameter([-1.2, 1], [2], "w");
  const closure = h.valueAndGrad([w], () => {
    const [a, b] = [current(w).slice([0], [1]), current(w).slice([1], [2])];
    return b.sub(a.square()).square().mul(100).add(a.mul(-1).add(1).square()).sum();
  });
  await optim.lbfgs({ maxIterations: 60 }).step(closure);
  const [a, b] = await current(w).data();
  expect(a).toBeCloseTo(1, 2);
  expect(b).toBeCloseTo(1, 2);
});

test("fits a network to a full batch", async () => {
  h.setSeed(3);
  const net = nn.sequential([nn.dense({ units: 8, activation: "tanh" }), nn.dense({ units: 1 })], {
    inputShape: [1],
  });
  const x = h.linspace(-2, 2, 32).reshape([32, 1]);
  const lossAndGrads = h.valueAndGrad(net, () => h.meanSquaredError(x.sin(), net.apply(x)));
  const closure = h.jit(() => lossAndGrads());
  const optimizer = optim.lbfgs();
  const first = await optimizer.step(closure);
  for (let i = 0; i < 2; i++) await optimizer.step(closure);
  const last = await (await closure())[0].item();
  expect(last).toBeLessThan(first / 500);
  expect(optimizer.iterations).toBeGreaterThan(10);
});

test("goes on from its state bit by bit", async () => {
  const make = () => {
    h.setSeed(3);
    const net = nn.sequential([nn.dense({ units: 5, activation: "tanh" }), nn.dense({ units: 1 })], {
      inputShape: [1],
    });
    const x = h.linspace(-2, 2, 16).reshape([16, 1]);
    const lossAndGrads = h.valueAndGrad(net, () => h.meanSquaredError(x.sin(), net.apply(x)));
    const closure = h.jit(() => lossAndGrads());
    const model = h.createModel(net);
    return { model, closure, optimizer: optim.lbfgs({ maxIterations: 4 }) };
  };
  const whole = make();
  for (let i = 0; i < 2; i++) await whole.optimizer.step(whole.closure);
  const [weights, state] = [memory(), JSON.stringify(whole.optimizer.state())];
  await whole.model.save(weights);
  const rest: number[] = [];
  for (let i = 0; i < 3; i++) rest.push(await whole.optimizer.step(whole.closure));

  const again = make();
  await again.model.load(weights);
  again.optimizer.restore(JSON.parse(state));
  for (const loss of rest) expect(await again.optimizer.step(again.closure)).toBe(loss);
  expect(again.optimizer.state()).toEqual(whole.optimizer.state());
  expect(() => again.optimizer.restore({ iterations: 1, pairs: [{ s: [1], y: [] }] })).toThrow(
    "[lbfgs] steps and changes must have one length: got 1 and 0",
  );
});

describe("the line search", () => {
  const options = { decrease: 1e-4, curvature: 0.1, evaluations: 25, shortest: 1e-9 };
  const search = async (f: (t: number) => number, slope: (t: number) => number, first: number) => {
    const probe = async (step: number) => ({ step, value: f(step), slope: slope(step) });
    return strongWolfe(probe, await probe(0), first, options);
  };

  test.each([0.01, 1, 100])("satisfies both conditions from step %d", async (first) => {
    // Minimum at 3, with a kink of curvature on the way.
    const f = (t: number) => (t - 3) ** 2 + Math.sin(3 * t);
    const slope = (t: number) => 2 * (t - 3) + 3 * Math.cos(3 * t);
    const end = await search(f, slope, first);
    expect(end.value).toBeLessThanOrEqual(f(0) + 1e-4 * end.step * slope(0));
    expect(Math.abs(end.slope)).toBeLessThanOrEqual(0.1 * Math.abs(slope(0)));
  });

  test("comes back from where the function has no value", async () => {
    const f = (t: number) => (t < 2 ? (t - 1) ** 2 : Number.NaN);
    const end = await search(f, (t) => 2 * (t - 1), 64);
    expect(Math.abs(end.step - 1)).toBeLessThan(0.11);
  });
});

describe("bad input", () => {
  test.each<[optim.LbfgsOptions, string]>([
    [{ learningRate: 0 }, "[lbfgs] learningRate must be a positive number: got 0"],
    [{ historySize: 1.5 }, "[lbfgs] historySize must be a positive integer: got 1.5"],
    [{ maxIterations: -1 }, "[lbfgs] maxIterations must be a positive integer: got -1"],
  ])("%o", (options, message) => {
    expect(() => optim.lbfgs(options)).toThrow(message);
  });

  test("a closure without gradients", async () => {
    await expect(optim.lbfgs().step((() => tensor([1])) as never)).rejects.toThrow(
      "[lbfgs] the closure must return [loss, gradients], as valueAndGrad(net, …) does",
    );
  });
});

// Last: it changes the device.
for (const { name: device, start, missing } of DEVICES) {
  if (!start) continue;
  describe.skipIf(missing)(device, () => {
    beforeAll(() => start(h));
    test.for(["eager", "compiled"] as const)("follows PyTorch's iterations, %s", async (mode, { task }) => {
      expect(await followLbfgs(h, fixture, mode)).toEqual([]);
      record(task, [optimizerCheck("lbfgs", checkedOn(device))]);
    });
  });
}
