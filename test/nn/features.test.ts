/** Embedding, noise, dropout of channels, activations as layers, standardisation, initial values with structure. */
import { beforeAll, describe, expect, test } from "vitest";
import { dataset } from "../../src/data/index.ts";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import { memory } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const values = async (t: Tensor): Promise<number[]> => [...(await t.data())];
const inTraining = (layer: nn.Layer, x: Tensor): Tensor => h.withTraining(true, () => layer.apply(x));

describe("embedding", () => {
  test("picks rows, and its gradient adds up where an index repeats", async () => {
    const layer = nn.embedding({ inputDim: 3, outputDim: 2 }).build([2]);
    layer.embeddings.assign(
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
    );
    const indices = tensor(Int32Array.from([2, 0, 2, 2]), { shape: [2, 2] });
    expect(await values(layer.apply(indices))).toEqual([5, 6, 1, 2, 5, 6, 5, 6]);
    const [, grads] = h.valueAndGrad(layer, () => layer.apply(indices).sum())();
    expect(await values(grads.get(layer.embeddings)!)).toEqual([1, 1, 0, 0, 3, 3]);
  });

  test("bad input", () => {
    expect(() => nn.embedding({ inputDim: 3, outputDim: 0 })).toThrow(
      "[embedding] outputDim must be a positive integer: got 0",
    );
    const layer = nn.embedding({ inputDim: 3, outputDim: 1 });
    expect(() => layer.apply(tensor(Int32Array.from([3])))).toThrow(
      "[embedding › take] indices must lie in [0, 3): got 3",
    );
  });
});

describe("noise", () => {
  test("gaussianNoise has its spread in training and none in evaluation", async () => {
    const layer = nn.gaussianNoise({ std: 0.5 });
    const x = h.zeros([4000]);
    expect(layer.apply(x)).toBe(x);
    expect(await inTraining(layer, x).std().item()).toBeCloseTo(0.5, 1);
    expect(() => nn.gaussianNoise({ std: -1 })).toThrow(
      "[gaussianNoise] std must be a number of at least 0: got -1",
    );
  });

  test("noisyRelu rectifies a noisy input", async () => {
    const layer = nn.noisyRelu();
    expect(await values(layer.apply(tensor([-1, 2])))).toEqual([0, 2]);
    const y = await values(inTraining(layer, h.zeros([4000])));
    // Noise of variance sigmoid(0) = ½: its positive half has the mean square ¼.
    expect(Math.min(...y)).toBe(0);
    expect(y.reduce((s, v) => s + v * v, 0) / y.length).toBeCloseTo(0.25, 1);
    expect(() => nn.noisyRelu({ std: Number.NaN })).toThrow(
      "[noisyRelu] std must be a number of at least 0: got NaN",
    );
  });

  test("spatialDropout drops whole channels", async () => {
    const layer = nn.spatialDropout({ rate: 0.5 });
    const y = await values(inTraining(layer, h.ones([20, 3, 4, 10])).mean([1, 2]));
    expect(y.every((v) => v === 0 || v === 2)).toBe(true);
    expect(y.filter((v) => v === 2).length / y.length).toBeCloseTo(0.5, 1);
    expect(() => inTraining(layer, h.ones([2, 2]))).toThrow(
      "[spatialDropout] expects input [batch, ..., channels]: got [2, 2]",
    );
    expect(() => nn.spatialDropout({ rate: -0.1 })).toThrow(
      "[spatialDropout] rate must lie in [0, 1): got -0.1",
    );
  });
});

describe("activations", () => {
  const x = tensor([-4, -1, 0, 2]);

  test.each([
    [nn.identity(), [-4, -1, 0, 2]],
    [nn.binaryStep(), [0, 0, 1, 1]],
    [nn.hardSigmoid(), [0, 2 / 6, 0.5, 5 / 6]],
    [nn.relu6(), [0, 0, 0, 2]],
    [nn.leakyRelu(), [-0.8, -0.2, 0, 2]],
    [nn.leakyRelu({ slope: 0.5 }), [-2, -0.5, 0, 2]],
    [nn.elu({ alpha: 2 }), [2 * Math.expm1(-4), 2 * Math.expm1(-1), 0, 2]],
    [nn.selu(), [-1.7258987, -1.1113307, 0, 2.101402]],
    [nn.softsign(), [-0.8, -0.5, 0, 2 / 3]],
    [nn.softplus(), [-4, -1, 0, 2].map((v) => Math.log1p(Math.exp(v)))],
    [nn.prelu({ shared: true }), [-1, -0.25, 0, 2]],
    [nn.activation({ name: "gelu", approximate: true }), [-0.00007, -0.158808, 0, 1.9545977]],
  ])("%#: $type", async (layer, expected) => {
    expect(await values(layer.apply(x))).toEqual(expected.map((v) => expect.closeTo(v, 5)));
  });

  test("softmax and logSoftmax along an axis", async () => {
    const y = nn.softmax({ axis: 0 }).apply(h.zeros([2, 3]));
    expect(await values(y)).toEqual(new Array(6).fill(0.5));
    const z = nn.logSoftmax().apply(h.zeros([1, 2]));
    expect(await values(z)).toEqual([expect.closeTo(-Math.LN2, 6), expect.closeTo(-Math.LN2, 6)]);
  });
});

describe("normalization", () => {
  const x = tensor([
    [1, 10],
    [3, 10],
    [5, 10],
  ]);
  const spread = Math.sqrt(8 / 3);

  test("adapts to a tensor or to batches, alike", async () => {
    const layer = await nn.normalization().adapt(x);
    const expected = [-2 / spread, 0, 0, 0, 2 / spread, 0].map((v) => expect.closeTo(v, 5));
    expect(await values(layer.apply(x))).toEqual(expected);
    const again = await nn.normalization().adapt(dataset([x, [0, 1, 0]]).batches({ batchSize: 2 }));
    expect(await values(again.apply(x))).toEqual(expected);
  });

  test("learns nothing, and is saved", async () => {
    const layer = await nn.normalization().adapt(x);
    expect(layer.parameters()).toEqual([]);
    const store = memory();
    const net = nn.sequential([layer], { inputShape: [2] });
    await h.createModel(net).save(store);
    const loaded = await h.loadModel(store);
    expect(await values(loaded.net.apply(x))).toEqual(await values(net.apply(x)));
  });

  test("bad input", async () => {
    await expect(nn.normalization().adapt([])).rejects.toThrow("[normalization] adapt got no data");
    const layer = nn.normalization().build([3]);
    await expect(layer.adapt(x)).rejects.toThrow("[normalization] expects 3 features: got [3, 2]");
    expect(() => nn.normalization().apply(tensor([1]))).toThrow(
      "[normalization] expects input [batch, ..., features]: got [1]",
    );
  });
});

describe("groupNorm, localResponseNorm", () => {
  test("bad input", () => {
    expect(() => nn.groupNorm({ groups: 2 }).build([4, 4, 3])).toThrow(
      "[groupNorm] groups must divide 3 channels: got 2",
    );
    expect(() => nn.groupNorm({ groups: 0 })).toThrow("[groupNorm] groups must be a positive integer: got 0");
    expect(() => nn.localResponseNorm({ size: 0 })).toThrow(
      "[localResponseNorm] size must be a positive integer: got 0",
    );
  });

  test("normalise across channels", async () => {
    const y = await values(
      nn.localResponseNorm({ size: 3, alpha: 1, beta: 1, k: 1 }).apply(tensor([[1, 2, 3]])),
    );
    expect(y).toEqual([1 / 6, 2 / 15, 3 / 14].map((v) => expect.closeTo(v, 6)));
  });
});

describe("initial values with structure", () => {
  const draw = (like: nn.InitializerLike, shape: readonly number[], seed?: number): Tensor => {
    class Holder extends nn.Module {
      readonly w = this.parameter(shape, { initializer: like });
      forward(): Tensor {
        return this.w.value;
      }
    }
    const holder = new Holder();
    holder.seed = seed;
    return holder.apply();
  };

  test.each([[[6, 4]], [[3, 7]], [[2, 3, 5]]])(
    "orthogonal %j: columns, or rows where fewer, are orthonormal",
    async (shape) => {
      const flat = draw("orthogonal", shape).reshape([-1, shape.at(-1)!]);
      const [rows, columns] = flat.shape;
      const product = rows >= columns ? flat.transpose().matmul(flat) : flat.matmul(flat.transpose());
      const expected = await values(h.eye(Math.min(rows, columns)));
      expect(await values(product)).toEqual(expected.map((v) => expect.closeTo(v, 6)));
    },
  );

  test("orthogonal follows the seed and the gain", async () => {
    const first = await values(draw("orthogonal", [3, 3], 1));
    expect(await values(draw("orthogonal", [3, 3], 1))).toEqual(first);
    expect(await values(draw("orthogonal", [3, 3], 2))).not.toEqual(first);
    const doubled = await values(draw(nn.initializers.orthogonal({ gain: 2 }), [3, 3], 1));
    expect(doubled).toEqual(first.map((v) => expect.closeTo(2 * v, 6)));
  });

  test("identity", async () => {
    expect(await values(draw({ name: "identity", gain: 3 }, [2, 3]))).toEqual([3, 0, 0, 0, 3, 0]);
    expect(() => draw("identity", [3])).toThrow("[Holder › identity] initial values need two axes: got [3]");
  });
});
