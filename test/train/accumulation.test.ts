/** Gradient accumulation: several batches are one update, that of the batch of all of them. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { type Callback, terminateOnNaN } from "../../src/train/callbacks.ts";
import { DEVICES } from "../support/devices.ts";

/** 21 samples of 4 features in 3 classes. */
const SAMPLES = 21;
const x = Array.from({ length: SAMPLES }, (_, i) => [0, 1, 2, 3].map((j) => Math.sin(i * 4 + j) + (i % 3)));
const y = x.map((_, i) => i % 3);
const sampleWeights = x.map((_, i) => 1 + (i % 2));

const create = (optimizer: () => optim.Optimizer) => {
  h.setSeed(3);
  const net = nn.sequential([nn.dense({ units: 8, activation: "tanh" }), nn.dense({ units: 3 })], {
    inputShape: [4],
  });
  return h.createModel(net, {
    optimizer: optimizer(),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
    regularizer: nn.regularizers.l2(1e-2),
  });
};
type Created = ReturnType<typeof create>;

const weightsOf = async ({ net }: Created): Promise<number[]> => {
  const all = await Promise.all(net.parameters().map((p) => p.value.data()));
  return all.flatMap((values) => [...values]);
};

const OPTIMIZERS: Record<string, () => optim.Optimizer> = {
  "sgd with momentum": () => optim.sgd({ learningRate: 0.2, momentum: 0.9, weightDecay: 0.01 }),
  "adam, clipped by the global norm": () => optim.adam({ learningRate: 0.02, globalClipNorm: 0.05 }),
  "a schedule": () =>
    optim.sgd({ learningRate: optim.stepDecay({ learningRate: 0.4, factor: 0.5, every: 2 }) }),
};

const expectClose = (got: readonly number[], expected: readonly number[]): void => {
  for (const [i, value] of got.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(2e-6);
};

for (const { name, start, missing } of DEVICES) {
  if (!start) continue;
  describe.skipIf(missing)(name, { timeout: 120_000 }, () => {
    beforeAll(async () => {
      await start(h);
    });

    // Of the last batches one is not full, and so is the last group: 3 + 3 + 3 + 3 | 3 + 3 + 3.
    test.each(Object.keys(OPTIMIZERS))("4 batches of 3 are one of 12: %s", async (key) => {
      const options = { epochs: 2, shuffle: false, classWeight: { 1: 3 } };
      const big = create(OPTIMIZERS[key]);
      await big.fit([x, y, sampleWeights], { ...options, batchSize: 12 });
      const small = create(OPTIMIZERS[key]);
      await small.fit([x, y, sampleWeights], { ...options, batchSize: 3, accumulateSteps: 4 });
      expectClose(await weightsOf(small), await weightsOf(big));
      expect(small.optimizer?.iterations).toBe(4);
      expect(big.optimizer?.iterations).toBe(4);
    });
  });
}

describe("accumulateSteps", () => {
  beforeAll(async () => {
    await h.setDevice("wasm", { threads: 1 });
  });
  const adam = () => optim.adam({ learningRate: 0.02 });

  test("weighs batches by their samples", async () => {
    const options = { shuffle: false };
    const [big, small] = [create(adam), create(adam)];
    await big.fit([x, y], { ...options, batchSize: SAMPLES });
    await small.fit([x, y], { ...options, batchSize: 8, accumulateSteps: 3 });
    expectClose(await weightsOf(small), await weightsOf(big));
  });

  test("logs every batch, and updates an epoch's last group with what it has", async () => {
    const model = create(adam);
    const steps: number[] = [];
    const look: Callback = { onBatchEnd: (logs) => void steps.push(...logs.map((b) => b.samples)) };
    const history = await model.fit([x, y], { batchSize: 4, accumulateSteps: 4, callbacks: [look] });
    expect(steps).toEqual([4, 4, 4, 4, 4, 1]);
    expect(history.stepLoss).toHaveLength(6);
    expect(model.optimizer?.iterations).toBe(2);
  });

  test("1 is plain training, bit by bit; a second fit goes on", async () => {
    const [plain, one] = [create(adam), create(adam)];
    const options = { batchSize: 4, epochs: 2 };
    expect((await one.fit([x, y], { ...options, accumulateSteps: 1 })).stepLoss).toEqual(
      (await plain.fit([x, y], options)).stepLoss,
    );
    const [twice, once] = [create(adam), create(adam)];
    const groups = { batchSize: 4, accumulateSteps: 2 };
    await twice.fit([x, y], groups);
    await twice.fit([x, y], groups);
    await once.fit([x, y], { ...groups, epochs: 2 });
    expect(await weightsOf(twice)).toEqual(await weightsOf(once));
  });

  test("a group that a stop cut short leaves nothing for the next training", async () => {
    const stop: Callback = { pauseEvery: 1, onPause: (_, run) => run.stop("enough") };
    const options = { batchSize: 4, accumulateSteps: 6, shuffle: false };
    const [cut, plain] = [create(adam), create(adam)];
    await cut.fit([x, y], { ...options, callbacks: [stop] });
    expect(cut.optimizer?.iterations).toBe(0);
    await cut.fit([x, y], options);
    await plain.fit([x, y], options);
    expect(await weightsOf(cut)).toEqual(await weightsOf(plain));
  });

  test("frozen parameters stay, those of a group keep their rate, layers are watched", async () => {
    const groups = [{ parameters: "layers.1.bias", learningRate: 0 }];
    const model = create(() => optim.sgd({ learningRate: 0.5, momentum: 0.9, groups }));
    const [kernel, bias, , head] = model.net.parameters();
    const values = () => Promise.all([kernel, bias, head].map(async (p) => [...(await p.value.data())]));
    const options = { batchSize: 4, accumulateSteps: 3, callbacks: [terminateOnNaN()] };
    await model.fit([x, y], options);
    const before = await values();
    kernel.freeze();
    await model.fit([x, y], options);
    const after = await values();
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
    expect(after[2]).toEqual([0, 0, 0]);
  });

  test("names the first layer that broke", async () => {
    const model = create(() => optim.sgd({ learningRate: 1e30 }));
    const ends: unknown[] = [];
    const end: Callback = { onTrainEnd: ({ stopReason }) => void ends.push(stopReason) };
    const callbacks = [terminateOnNaN(), end];
    await model.fit([x, y], { batchSize: 4, accumulateSteps: 2, epochs: 9, callbacks });
    expect(ends[0]).toMatch(/^(the output of layers\.\d|the loss) was .*at step \d of epoch \d/);
  });

  test("must be a positive integer", async () => {
    await expect(create(adam).fit([x, y], { accumulateSteps: 0 })).rejects.toThrow(
      "[fit] accumulateSteps must be a positive integer: got 0",
    );
  });
});
