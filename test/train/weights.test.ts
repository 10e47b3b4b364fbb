/** Weights of samples and classes, regularisers: their share in losses, in training and in files. */
import { beforeAll, describe, expect, test } from "vitest";
import { dataset } from "../../src/data/index.ts";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import { memory } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";

const { l1, l1l2, l2 } = nn.regularizers;

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

/** A model whose weights stay as they are. */
const still = (options: Partial<h.ModelOptions> = {}, units = 1) => {
  const net = nn.sequential([nn.dense({ units, kernelInitializer: "ones" })], { inputShape: [1] });
  return h.createModel(net, {
    optimizer: optim.sgd({ learningRate: 0 }),
    loss: "meanSquaredError",
    ...options,
  });
};
const x = [[1], [2], [3]];
const y = [[0], [0], [0]];

describe("sample weights", () => {
  test("multiply the losses of their samples before the mean, as in Keras", async () => {
    const [t, p] = [tensor(y), tensor(x)];
    const sampleWeight = tensor([1, 0, 2]);
    expect(await h.meanSquaredError(t, p, { sampleWeight }).item()).toBeCloseTo((1 + 18) / 3, 6);
    expect(await h.meanSquaredError(t, p, { reduction: "sum" }).item()).toBe(14);
    expect(await h.meanSquaredError(t, p, { reduction: "none" }).array()).toEqual([[1], [4], [9]]);
    const labels = tensor(new Int32Array([0, 1]));
    const logits = tensor([
      [1, 1],
      [2, 2],
    ]);
    const weighted = h.sparseCategoricalCrossentropy(labels, logits, { sampleWeight: tensor([3, 0]) });
    expect(await weighted.item()).toBeCloseTo(1.5 * Math.LN2, 6);
  });

  test("are a third column of what is trained on", async () => {
    const weights = [1, 0, 2];
    const { loss } = await still().evaluate([x, y, weights]);
    expect(loss).toBeCloseTo((1 + 18) / 3, 6);
    const history = await still().fit(dataset([x, y, weights]), { batchSize: 2, validationData: [x, y] });
    expect(history.loss[0]).toBeCloseTo((1 + 18) / 3, 6);
    expect(history.valLoss[0]).toBeCloseTo(14 / 3, 6);
  });

  test("leave labels to be checked", async () => {
    const model = still({ loss: "sparseCategoricalCrossentropy" }, 3);
    const train = (labels: number[]) => model.fit([x, labels, [5, 7, 9]], { shuffle: false });
    expect((await train([0, 1, 2])).loss).toHaveLength(1);
    await expect(train([0, 3, 2])).rejects.toThrow(
      "[dataset] labels must be integers in [0, 3): got 3 at sample 1",
    );
  });

  test("go with a loss of your own that has values", async () => {
    const ownLoss = (t: Tensor, p: Tensor) => p.sub(t).abs();
    expect((await still({ loss: ownLoss }).evaluate([x, y, [1, 0, 2]])).loss).toBeCloseTo(7 / 3, 6);
    expect((await still({ loss: ownLoss }).evaluate([x, y])).loss).toBe(2);
    const scalar = still({ loss: (t, p) => p.sub(t).abs().mean() });
    await expect(scalar.evaluate([x, y, [1, 0, 2]])).rejects.toThrow(
      '[loss] weights of samples need a value per sample, as with reduction "none": got a scalar',
    );
  });

  test("of a wrong length", () => {
    expect(() => h.meanSquaredError(tensor(y), tensor(x), { sampleWeight: tensor([1, 2]) })).toThrow(
      "[loss] expects sample weights [3]: got [2]",
    );
  });
});

describe("class weights", () => {
  const uniform = 3;
  const loss = "sparseCategoricalCrossentropy";

  test("of labels, one-hot targets, yes and no, beside sample weights", async () => {
    const classWeight = { 0: 1, 1: 2, 2: 6 };
    // Equal logits: every sample loses ln 3.
    const sparse = await still({ loss }, uniform).fit([x, [0, 1, 2]], { classWeight });
    expect(sparse.loss[0]).toBeCloseTo(3 * Math.log(3), 5);
    const oneHot = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const categorical = still({ loss: "categoricalCrossentropy" }, uniform);
    const both = await categorical.fit([x, oneHot, [0, 0, 1]], { classWeight: [1, 2, 6] });
    expect(both.loss[0]).toBeCloseTo(2 * Math.log(3), 5);
    const two = await still({ loss: "hinge" }).fit([x, [[1], [0], [0]]], { classWeight: { 0: 10 } });
    // Scores 1, 2, 3: hinges 0, 3, 4.
    expect(two.loss[0]).toBeCloseTo(70 / 3, 5);
  });

  test("of classes that do not exist", async () => {
    const model = still({ loss }, uniform);
    await expect(model.fit([x, [0, 1, 2]], { classWeight: { 3: 1 } })).rejects.toThrow(
      "[fit] classWeight names class 3 of 3",
    );
    await expect(model.fit([x, [0, 1, 2]], { classWeight: [-1] })).rejects.toThrow(
      "[fit] the weight of class 0 must not be negative: got -1",
    );
  });
});

describe("regularisers", () => {
  test("add to the loss, per layer and over all kernels", async () => {
    const lossOf = async (layer: object, options: Partial<h.ModelOptions> = {}) => {
      const net = nn.sequential(
        [nn.dense({ units: 2, kernelInitializer: "ones", biasInitializer: "ones", ...layer })],
        { inputShape: [3], seed: 1 },
      );
      const zeros = [[0, 0, 0]];
      const model = h.createModel(net, { loss: "meanSquaredError", ...options });
      return (await model.evaluate([zeros, [[1, 1]]])).loss;
    };
    expect(await lossOf({})).toBe(0);
    expect(await lossOf({ kernelRegularizer: l1(0.5) })).toBe(3);
    expect(await lossOf({ biasRegularizer: l2(0.5) })).toBe(1);
    expect(await lossOf({ kernelRegularizer: l1l2({ l1: 1, l2: 2 }) })).toBe(18);
    expect(await lossOf({ kernelRegularizer: (w: Tensor) => w.max() })).toBe(1);
    expect(await lossOf({}, { regularizer: l2(1) })).toBe(6);
    expect(await lossOf({ kernelRegularizer: l1(0.5) }, { regularizer: l2(1) })).toBe(9);
  });

  test("pull weights towards 0, also in convolutions; frozen ones cost nothing", async () => {
    const net = nn.sequential(
      [nn.conv2d({ filters: 1, kernelSize: 1, kernelRegularizer: l2(0.25) }), nn.flatten()],
      { inputShape: [1, 1, 1], seed: 2 },
    );
    const model = h.createModel(net, {
      optimizer: optim.sgd({ learningRate: 0.5 }),
      loss: "meanSquaredError",
    });
    const [kernel] = net.parameters();
    const before = await kernel.value.item();
    await model.fit([tensor([0]).reshape([1, 1, 1, 1]), [[0]]]);
    // w − η · 2λw
    expect(await kernel.value.item()).toBeCloseTo(0.75 * before, 6);
    net.freeze();
    expect((await model.evaluate([tensor([0]).reshape([1, 1, 1, 1]), [[0]]])).loss).toBe(0);
  });

  test("are kept in files, as losses with options are", async () => {
    const net = nn.sequential([nn.dense({ units: 1, kernelRegularizer: l2(0.1) })], { inputShape: [1] });
    const loss = { name: "huber", delta: 0.5 } as const;
    const model = h.createModel(net, { loss, regularizer: l1(0.2), metrics: ["r2"] });
    const store = memory();
    await model.save(store);
    const again = await h.loadModel(store);
    expect(again.loss).toEqual(loss);
    expect(await again.evaluate([x, y])).toEqual(await model.evaluate([x, y]));
  });

  test("bad ones", () => {
    expect(() => l2(-1)).toThrow("[l2] rate must be a number of at least 0: got -1");
    expect(() => still({ regularizer: "l2" as never })).toThrow(
      '[createModel] regularizer must be l1(rate), l2(rate), l1l2({ l1, l2 }) or a function: got "l2"',
    );
    expect(() => nn.dense({ units: 1, kernelRegularizer: {} })).toThrow(
      "[dense] kernelRegularizer must be l1(rate), l2(rate), l1l2({ l1, l2 }) or a function: got {}",
    );
  });
});
