/** Transfer: what was learned on the digits 0–4 helps to tell 5–9 apart from twenty pictures of each. */
import { beforeAll, expect, test } from "vitest";
import { digits } from "../../src/data/index.ts";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import { adam } from "../../src/optim/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

/** At most `each` samples of the classes from `first` to `first + 4`, which become 0 … 4. */
async function five(part: "train" | "test", first: number, each: number): Promise<[Tensor, Tensor]> {
  const data = (await digits({ train: 2000, test: 600 }))[part];
  const counts = new Array<number>(5).fill(0);
  const [pixels, labels]: [number[], number[]] = [[], []];
  for (const [x, y] of data) {
    const label = y.data[0] - first;
    if (label < 0 || label > 4 || counts[label]++ >= each) continue;
    pixels.push(...x.data);
    labels.push(label);
  }
  const shape = [labels.length, 28, 28, 1];
  return [tensor(Float32Array.from(pixels), { shape }), tensor(Int32Array.from(labels))];
}

const trunk = () =>
  nn.sequential([
    nn.conv2d({ filters: 16, kernelSize: 5, activation: "relu" }),
    nn.maxPool2d(),
    nn.conv2d({ filters: 32, kernelSize: 3, activation: "relu" }),
    nn.maxPool2d(),
    nn.flatten(),
  ]);

async function train(features: nn.Layer, data: [Tensor, Tensor], epochs: number) {
  const net = nn.sequential([features, nn.dense({ units: 5 })], { inputShape: [28, 28, 1] });
  const model = h.createModel(net, {
    optimizer: adam({ learningRate: 3e-3 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  await model.fit(data, { epochs, batchSize: 25 });
  return model;
}

test("a frozen trunk from other digits beats learning from scratch", async () => {
  h.setSeed(1);
  const learned = trunk();
  await train(learned, await five("train", 0, Number.POSITIVE_INFINITY), 6);
  const before = await learned.parameters()[0].value.data();
  learned.freeze();

  const few = await five("train", 5, 20);
  const held = await five("test", 5, Number.POSITIVE_INFINITY);
  const transferred = await (await train(learned, few, 40)).evaluate(held);
  expect(await learned.parameters()[0].value.data()).toEqual(before);
  const scratch = await (await train(trunk(), few, 40)).evaluate(held);
  expect(transferred.accuracy).toBeGreaterThan(scratch.accuracy + 0.01);
  expect(transferred.accuracy).toBeGreaterThan(0.85);
});
