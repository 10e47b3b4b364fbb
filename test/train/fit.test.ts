/** Training programs through the public interface. */
import { beforeAll, describe, expect, test } from "vitest";
import { dataset, digits } from "../../src/data/index.ts";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import type { BatchLogs, Callback } from "../../src/train/callbacks.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

/** y = 2x − 1. */
const line = (count: number): [number[][], number[][]] => {
  const x = Array.from({ length: count }, (_, i) => [i / count]);
  return [x, x.map(([v]) => [2 * v - 1])];
};

const linear = (options: { learningRate?: number; seed?: number } = {}) =>
  h.createModel(nn.sequential([nn.dense({ units: 1 })], { inputShape: [1], seed: options.seed ?? 1 }), {
    optimizer: optim.sgd({ learningRate: options.learningRate ?? 0.5 }),
    loss: "meanSquaredError",
    metrics: ["mae"],
  });

const labelled = (units = 3) => {
  const net = nn.sequential([nn.dense({ units })], { inputShape: [2], seed: 1 });
  return h.createModel(net, {
    optimizer: optim.adam(),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
};

describe("programs", () => {
  test("linear regression finds the line", async () => {
    const model = linear();
    const history = await model.fit(line(16), { epochs: 100, batchSize: 8 });
    const [kernel, bias] = model.net.parameters();
    expect(await kernel.value.item()).toBeCloseTo(2, 1);
    expect(await bias.value.item()).toBeCloseTo(-1, 1);
    expect(history.loss).toHaveLength(100);
    expect(history.mae.at(-1)).toBeLessThan(0.05);
    expect(history.valLoss).toEqual([]);
    expect(history.stepLoss).toHaveLength(200);
  });

  test("xor is learnt with a sigmoid at the end", async () => {
    h.setSeed(4);
    const net = nn.sequential([
      nn.dense({ units: 8, activation: "tanh" }),
      nn.dense({ units: 1, activation: "sigmoid" }),
    ]);
    const model = h.createModel(net, {
      optimizer: optim.adam({ learningRate: 0.1 }),
      loss: "binaryCrossentropy",
      metrics: ["accuracy"],
    });
    const x = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ];
    const y = [0, 1, 1, 0];
    const history = await model.fit([x, y], { epochs: 60, batchSize: 4 });
    expect(history.accuracy.at(-1)).toBe(1);
    const predicted = await (await model.predict(x)).data();
    expect([...predicted].map(Math.round)).toEqual(y);
    expect(await model.evaluate([x, y])).toEqual({
      loss: expect.closeTo(history.loss.at(-1)!, 1),
      accuracy: 1,
    });
  });

  test("a small CNN with batch norm and dropout learns digits, the same way on one thread and on two", async () => {
    const { train, test: held } = await digits({ train: 800, test: 100 });
    const run = async () => {
      h.setSeed(7);
      const net = nn.sequential(
        [
          nn.conv2d({ filters: 8, kernelSize: 5, strides: 2, activation: "relu" }),
          nn.batchNorm({ momentum: 0.8 }),
          nn.maxPool2d(),
          nn.dropout({ rate: 0.1 }),
          nn.flatten(),
          nn.dense({ units: 10, activation: "softmax" }),
        ],
        { inputShape: [28, 28, 1] },
      );
      const model = h.createModel(net, {
        optimizer: optim.adam({ learningRate: 0.01 }),
        loss: "sparseCategoricalCrossentropy",
        metrics: ["accuracy"],
      });
      return model.fit(train, { epochs: 6, batchSize: 48, validationData: held });
    };
    const first = await run();
    expect(first.valAccuracy.at(-1)).toBeGreaterThan(0.8);
    await h.setDevice("wasm", { threads: 2 });
    try {
      expect(await run()).toEqual(first);
    } finally {
      await h.setDevice("wasm", { threads: 1 });
    }
  });

  test("a custom class in a custom loop", async () => {
    h.setSeed(2);
    const { sparseCategoricalCrossentropy, valueAndGrad, jit } = h;
    const net = nn.sequential([nn.flatten(), nn.dense({ units: 10 })]);
    const optimizer = optim.adam({ learningRate: 0.01 });
    const { train } = await digits({ train: 300, test: 0 });
    const lossAndGrads = valueAndGrad(net, (x: Tensor, y: Tensor) => {
      const logits = net.apply(x);
      return [sparseCategoricalCrossentropy(y, logits), logits.argMax(-1)] as const;
    });
    const step = jit(
      (x: Tensor, y: Tensor) => {
        const [loss, grads, predicted] = lossAndGrads(x, y);
        optimizer.update(grads);
        return { loss, predicted };
      },
      { training: true },
    );
    const losses: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      for await (const [x, y] of train.batches({ batchSize: 128, shuffle: true })) {
        const { loss, predicted } = await step(x, y);
        expect(predicted.shape).toEqual(y.shape);
        losses.push(await loss.item());
      }
    }
    expect(losses).toHaveLength(9);
    expect(losses.at(-1)).toBeLessThan(losses[0] - 0.3);
    expect(optimizer.iterations).toBe(9);
  });
});

describe("fit", () => {
  test("keeps the last partial batch and weights means by samples", async () => {
    const seen: BatchLogs[] = [];
    const model = linear({ learningRate: 0 });
    const [x, y] = line(10);
    const history = await model.fit([x, y], {
      batchSize: 4,
      shuffle: false,
      callbacks: [{ onBatchEnd: (logs) => void seen.push(...logs) }],
    });
    expect(seen.map((b) => b.samples)).toEqual([4, 4, 2]);
    expect(seen.map((b) => b.step)).toEqual([0, 1, 2]);
    const { loss } = await model.evaluate([x, y], { batchSize: 10 });
    expect(history.loss[0]).toBeCloseTo(loss, 6);
    expect(history.stepLoss).toEqual(seen.map((b) => b.loss));
    expect((await model.predict(x, { batchSize: 4 })).shape).toEqual([10, 1]);
  });

  test("calls back in order, and stops when asked", async () => {
    const events: string[] = [];
    const callback: Callback = {
      onTrainBegin: (run) => void events.push(`begin ${run.samples}/${run.steps}`),
      onEpochBegin: (epoch) => void events.push(`epoch ${epoch}`),
      async onEpochEnd(epoch, logs, run) {
        await Promise.resolve();
        events.push(`end ${epoch} ${Object.keys(logs).join()}`);
        if (epoch === 1) run.stop("enough");
      },
      onTrainEnd: ({ stopReason, history }) => void events.push(`${stopReason} ${history.loss.length}`),
    };
    const history = await linear().fit(line(10), {
      epochs: 5,
      batchSize: 4,
      validationSplit: 0.2,
      callbacks: [callback],
    });
    expect(events).toEqual([
      "begin 8/2",
      "epoch 0",
      "end 0 loss,mae,valLoss,valMae",
      "epoch 1",
      "end 1 loss,mae,valLoss,valMae",
      "enough 2",
    ]);
    expect(history.valMae).toHaveLength(2);
  });

  test("counts the steps of each epoch from 0, also where it resumes in the middle of one", async () => {
    const seen: (readonly number[])[] = [];
    const look: Callback = { onBatchEnd: (logs) => void seen.push(...logs.map((b) => [b.epoch, b.step])) };
    const stop: Callback = {
      pauseEvery: 1,
      onPause: ({ epoch, step }, run) => void (epoch === 1 && step === 1 && run.stop("enough")),
    };
    const model = linear();
    const options = { epochs: 2, batchSize: 4 };
    await model.fit(line(10), { ...options, callbacks: [look, stop] });
    expect(seen).toEqual([0, 1, 2].map((step) => [0, step]).concat([[1, 0]]));
    await model.fit(line(10), { ...options, resume: true, callbacks: [look] });
    expect(seen).toEqual([0, 1].flatMap((epoch) => [0, 1, 2].map((step) => [epoch, step])));
  });

  test("tells every callback of the end, also when one of them throws", async () => {
    const told: string[] = [];
    const ending = (name: string, error?: string): Callback => ({
      onTrainEnd() {
        told.push(name);
        if (error) throw new Error(error);
      },
    });
    const callbacks = [ending("first", "no disk"), ending("second", "no net"), ending("third")];
    await expect(linear().fit(line(4), { callbacks })).rejects.toThrow("no disk");
    expect(told).toEqual(["first", "second", "third"]);
  });

  test("gives every epoch an order of its own, also over several calls", async () => {
    const order = async (calls: number[]) => {
      h.setSeed(3);
      const model = linear({ seed: 5 });
      const losses: number[] = [];
      for (const epochs of calls)
        losses.push(...(await model.fit(line(8), { epochs, batchSize: 2 })).stepLoss);
      return losses;
    };
    const together = await order([2]);
    expect(await order([1, 1])).toEqual(together);
    expect(new Set(together).size).toBe(8);
  });

  test("ends when the signal is aborted, and can go on", async () => {
    const model = linear();
    const aborter = new AbortController();
    let ended: unknown;
    const training = model.fit(line(8), {
      epochs: 1000,
      signal: aborter.signal,
      callbacks: [
        {
          onEpochEnd: (epoch) => (epoch === 2 ? aborter.abort(new Error("cancelled")) : undefined),
          onTrainEnd: ({ error }) => {
            ended = error;
          },
        },
      ],
    });
    await expect(model.fit(line(8))).rejects.toThrow("[fit] the model is being trained already");
    await expect(training).rejects.toThrow("cancelled");
    expect(String(ended)).toContain("cancelled");
    expect((await model.fit(line(8), { epochs: 1 })).loss).toHaveLength(1);
  });

  test("lets other tasks run", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const { train } = await digits({ train: 400, test: 0 });
    const net = nn.sequential([nn.flatten(), nn.dense({ units: 64 }), nn.dense({ units: 10 })]);
    const model = h.createModel(net, { optimizer: optim.sgd(), loss: "sparseCategoricalCrossentropy" });
    turns = 0;
    await model.fit(train, { epochs: 5, batchSize: 16 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  test("compile changes what is given, as after unfreezing", async () => {
    const model = linear();
    model.net.freeze();
    const before = await model.net.parameters()[0].value.item();
    await model.fit(line(8));
    expect(await model.net.parameters()[0].value.item()).toBe(before);
    model.net.unfreeze();
    model.compile({ optimizer: optim.adam() });
    await model.fit(line(8));
    expect(await model.net.parameters()[0].value.item()).not.toBe(before);
    expect(model.loss).toBe("meanSquaredError");
  });

  test("takes a loss and a metric of your own", async () => {
    const model = h.createModel(linear().net, {
      optimizer: optim.sgd(),
      loss: (targets, predictions) => predictions.sub(targets).abs().max(),
      metrics: ["mse", { name: "largest", values: (t: Tensor, p: Tensor) => p.sub(t).abs().max() }],
    });
    const history = await model.fit(line(8), { batchSize: 8 });
    expect(history.largest).toEqual(history.loss);
    expect(history.mse[0]).toBeGreaterThan(0);
    model.dispose();
    expect((await model.fit(line(8), { batchSize: 8 })).loss[0]).toBeLessThan(history.loss[0]);
  });

  test("a callback may change the learning rate", async () => {
    const model = linear();
    const schedule: Callback = {
      onEpochBegin: (epoch, run) => {
        if (run.model.optimizer) run.model.optimizer.learningRate = epoch === 0 ? 0 : 0.5;
      },
    };
    const { loss } = await model.fit(line(8), { epochs: 3, batchSize: 8, callbacks: [schedule] });
    expect(loss[1]).toBe(loss[0]);
    expect(loss[2]).toBeLessThan(loss[1]);
  });

  test("predictSync answers at once", async () => {
    const model = linear();
    const x = tensor([[1], [2]]);
    const expected = await (await model.predict(x)).data();
    expect(model.predictSync(x).dataSync()).toEqual(expected);
  });
});

describe("bad input", () => {
  const x = [
    [1, 2],
    [3, 4],
  ];

  test.each<[string, () => Promise<unknown>, string]>([
    [
      "a label out of range",
      () => labelled().fit([x, [0, 3]], { shuffle: false }),
      "[dataset] labels must be integers in [0, 3): got 3 at sample 1",
    ],
    [
      "labels of classes for one output unit",
      () => labelled(1).fit([x, [0, 3]], { shuffle: false }),
      "[dataset] labels must be integers in [0, 1) for a single output unit; each class needs one of its own: " +
        "got 3 at sample 1",
    ],
    [
      "a NaN label",
      () => labelled().fit([x, [Number.NaN, 0]], { shuffle: false }),
      "[dataset] labels must be integers in [0, 3): got NaN at sample 0",
    ],
    [
      "features of a wrong length",
      () =>
        labelled().fit([
          [[1], [2]],
          [0, 1],
        ]),
      "[layers.0 (dense)] expects 2 features: got input [2, 1]",
    ],
    [
      "columns of two lengths",
      () => labelled().fit([x, [0]]),
      "[dataset] columns must have one length: got [2, 1]",
    ],
    ["an empty dataset", () => labelled().fit(dataset([x, [0, 1]]).take(0)), "[fit] the dataset is empty"],
    [
      "no targets",
      () => labelled().fit([x] as never),
      "[fit] expects a dataset, [x, y] or [x, y, weights]: got 1 arrays",
    ],
    [
      "a batch size of 0",
      () => labelled().fit([x, [0, 1]], { batchSize: 0 }),
      "[fit] batchSize must be a positive integer: got 0",
    ],
    [
      "a split of 1",
      () => labelled().fit([x, [0, 1]], { validationSplit: 1 }),
      "[fit] validationSplit must lie between 0 and 1: got 1",
    ],
    [
      "no optimizer",
      () => h.createModel(labelled().net).fit([x, [0, 1]]),
      "[fit] the model needs an optimizer and a loss: call compile",
    ],
    [
      "a NaN target",
      () => linear().fit([[[1]], [[Number.NaN]]]),
      "[meanSquaredError] targets must be numbers: got NaN at sample 0",
    ],
    [
      "targets of a wrong shape",
      () => linear().fit([[[1]], [[1, 2]]]),
      "[meanSquaredError] expects targets [1, 1] for predictions [1, 1]: got [1, 2]",
    ],
  ])("%s", async (_, run, message) => {
    await expect(run()).rejects.toThrow(h.HeddleError);
    await expect(run()).rejects.toThrow(message);
  });

  test("unknown losses and metrics, a network that is none", () => {
    const { net } = labelled();
    expect(() => h.createModel(net, { loss: "mse" as never })).toThrow(
      '[loss] must be one of meanSquaredError, meanAbsoluteError, binaryCrossentropy, categoricalCrossentropy, sparseCategoricalCrossentropy, huber, logCosh, hinge, klDivergence, cosineSimilarity, or a function: got "mse"',
    );
    expect(() => h.createModel(net, { metrics: ["acc" as never] })).toThrow(
      '{ name, values } or { name, sums, result }: got "acc"',
    );
    expect(() => h.createModel({} as never)).toThrow(
      "[createModel] the network must be a module: got object",
    );
  });
});
