/** A training trajectory is pinned to PyTorch's, and a long training to its memory. */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import { optimizerFromConfig } from "../../src/optim/fromConfig.ts";
import * as optim from "../../src/optim/index.ts";
import { difference, fixtureTolerance, largestOf } from "../support/tolerance.ts";

interface Values {
  readonly shape: number[];
  readonly values: number[];
}
interface Trajectory {
  readonly optimizer: { name: string; options: object };
  readonly x: Values;
  readonly labels: number[];
  readonly weights: Record<string, Values>;
  readonly losses: number[];
  readonly error: number;
}

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

test("50 steps of a convolutional network follow PyTorch's losses", async () => {
  const fixture = JSON.parse(
    readFileSync(new URL("../fixtures/trajectory.json", import.meta.url), "utf8"),
  ) as Trajectory;
  class Net extends nn.Module {
    readonly conv = nn.conv2d({ filters: 4, kernelSize: 3, activation: "relu" });
    readonly pool = nn.maxPool2d();
    readonly hidden = nn.dense({ units: 16, activation: "relu" });
    readonly output = nn.dense({ units: 5 });
    forward(x: Tensor): Tensor {
      return this.output.apply(this.hidden.apply(this.pool.apply(this.conv.apply(x)).flatten(1)));
    }
  }
  const { name, options } = fixture.optimizer;
  const net = new Net().build(fixture.x.shape.slice(1));
  for (const [path, { values, shape }] of Object.entries(fixture.weights)) {
    net
      .state()
      .get(path)!
      .assign(tensor(Float32Array.from(values), { shape }));
  }
  const optimizer = optimizerFromConfig({ type: name, ...options });
  const assess = h.valueAndGrad(net, (x: Tensor, y: Tensor) =>
    h.sparseCategoricalCrossentropy(y, net.apply(x)),
  );
  const step = h.jit((x: Tensor, y: Tensor) => {
    const [loss, gradients] = assess(x, y);
    optimizer.update(gradients);
    return loss;
  });
  const x = tensor(Float32Array.from(fixture.x.values), { shape: fixture.x.shape });
  const y = tensor(Int32Array.from(fixture.labels));
  const losses: number[] = [];
  for (const _ of fixture.losses) losses.push(await (await step(x, y)).item());
  const bound = fixtureTolerance(fixture.error, largestOf(fixture.losses));
  expect(difference(losses, fixture.losses, bound)).toBeUndefined();
});

test("300 steps do not grow memory", async () => {
  const net = nn.sequential(
    [
      nn.conv2d({ filters: 4, kernelSize: 3 }),
      nn.batchNorm(),
      nn.dropout({ rate: 0.5 }),
      nn.flatten(),
      nn.dense({ units: 3 }),
    ],
    { inputShape: [6, 6, 1] },
  );
  const model = h.createModel(net, {
    optimizer: optim.adam(),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const x = Array.from({ length: 30 }, (_, i) =>
    Float32Array.from({ length: 36 }, (_, k) => Math.sin(i * k)),
  );
  const data = Float32Array.from(x.flatMap((row) => [...row]));
  const labels = Int32Array.from(x, (_, i) => i % 3);
  const trainFor = (epochs: number) =>
    model.fit([{ data, shape: [30, 6, 6, 1] }, labels], { epochs, batchSize: 4, validationSplit: 0.1 });
  const use = () => {
    const { devices, tensors } = h.memory();
    return { live: devices[0].live, tensors: tensors.length };
  };
  await trainFor(2);
  const before = use();
  await trainFor(43);
  expect(model.optimizer?.iterations).toBe(45 * 7);
  const after = use();
  // Less is possible: garbage of other tests may be gone.
  expect(after.live).toBeLessThanOrEqual(before.live);
  expect(after.tensors).toBeLessThanOrEqual(before.tensors);
});
