/** Layers: what each computes, in training and in evaluation, and what it refuses. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import { fromConfig } from "../../src/nn/fromConfig.ts";
import * as nn from "../../src/nn/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const values = async (t: Tensor): Promise<number[]> => [...(await t.data())];
const ramp = (...shape: number[]): Tensor =>
  h
    .arange(shape.reduce((n, d) => n * d, 1))
    .cast("float32")
    .reshape(shape);

describe("dense", () => {
  test("is activation(x · kernel + bias) over the last axis", async () => {
    const layer = nn.dense({
      units: 2,
      activation: "relu",
      kernelInitializer: "ones",
      biasInitializer: { name: "constant", value: -4 },
    });
    expect(
      await values(
        layer.apply(
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
      ),
    ).toEqual([0, 0, 3, 3]);
    expect(layer.apply(h.zeros([2, 3, 2])).shape).toEqual([2, 3, 2]);
    expect(nn.dense({ units: 2, useBias: false }).build([3]).parameters()).toHaveLength(1);
  });

  test("takes an activation of your own", async () => {
    const layer = nn.dense({ units: 1, kernelInitializer: "ones", activation: (x) => x.mul(10) });
    expect(await values(layer.apply(tensor([[1, 2]])))).toEqual([30]);
    expect(layer.config()).toBeUndefined();
  });

  test("bad input", () => {
    expect(() => nn.dense({ units: 0 })).toThrow("[dense] units must be a positive integer: got 0");
    expect(() => nn.dense({ units: 1, activation: "rleu" as never })).toThrow(
      '[dense] activation must be one of linear, identity, relu, relu6, leakyRelu, elu, selu, gelu, silu, sigmoid, hardSigmoid, tanh, softplus, softsign, binaryStep, softmax, logSoftmax, or a function: got "rleu"',
    );
    expect(() => nn.dense({ units: 1 }).apply(tensor([1, 2]))).toThrow(
      "[dense] expects input [batch, ..., features]: got [2]",
    );
    expect(() => nn.dense({ units: 1, kernelInitializer: "glorot" as never }).build([1])).toThrow(
      "[dense] kernelInitializer must be one of zeros, ones, constant, uniform, normal, truncatedNormal, glorotUniform, " +
        'glorotNormal, heUniform, heNormal, lecunUniform, lecunNormal, orthogonal, identity, or an object with make(): got "glorot"',
    );
  });
});

describe("convolutions and pooling", () => {
  test("shapes follow strides, padding, dilation, groups and multipliers", () => {
    const shapeOf = (layer: nn.Layer): readonly number[] => layer.build([8, 8, 4]).outputShape();
    expect(shapeOf(nn.conv2d({ filters: 6, kernelSize: 3 }))).toEqual([6, 6, 6]);
    expect(shapeOf(nn.conv2d({ filters: 6, kernelSize: [3, 1], strides: 2, padding: "same" }))).toEqual([
      4, 4, 6,
    ]);
    expect(shapeOf(nn.conv2d({ filters: 6, kernelSize: 3, dilation: 2, groups: 2 }))).toEqual([4, 4, 6]);
    expect(shapeOf(nn.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }))).toEqual([6, 6, 8]);
    expect(shapeOf(nn.maxPool2d())).toEqual([4, 4, 4]);
    expect(shapeOf(nn.avgPool2d({ poolSize: 3, strides: 1 }))).toEqual([6, 6, 4]);
    expect(shapeOf(nn.globalAvgPool2d())).toEqual([4]);
    expect(shapeOf(nn.flatten())).toEqual([256]);
  });

  test("values", async () => {
    const x = ramp(1, 3, 3, 1);
    const conv = nn.conv2d({ filters: 1, kernelSize: 2, kernelInitializer: "ones", biasInitializer: "ones" });
    expect(await values(conv.apply(x))).toEqual([9, 13, 21, 25]);
    const depthwise = nn.depthwiseConv2d({ kernelSize: 2, kernelInitializer: "ones", activation: "relu" });
    expect(await values(depthwise.apply(x))).toEqual([8, 12, 20, 24]);
    expect(await values(nn.globalAvgPool2d().apply(x))).toEqual([4]);
    expect(await values(nn.avgPool2d({ poolSize: 2, strides: 1 }).apply(x))).toEqual([2, 3, 5, 6]);
  });

  test("bad input", () => {
    expect(() => nn.conv2d({ filters: 2, kernelSize: 0 })).toThrow(
      "[conv2d] kernelSize must be a positive integer or two of them: got 0",
    );
    expect(() => nn.conv2d({ filters: 4, kernelSize: 1, groups: 2 }).build([4, 4, 3])).toThrow(
      "[conv2d] groups must divide 3 channels: got 2",
    );
    expect(() => nn.conv2d({ filters: 1, kernelSize: 5 }).build([3, 3, 1])).toThrow(
      "[conv2d] output height would be (3 − 5 + 0) / 1 + 1 < 1: the window [5, 5] does not fit input [1, 3, 3, 1]",
    );
  });
});

describe("dropout", () => {
  const layer = nn.dropout({ rate: 0.25 });
  const x = h.ones([4000]);

  test("passes its input in evaluation", () => {
    expect(layer.apply(x)).toBe(x);
  });

  test("drops in training, scales what is kept, and two reads of one result agree", async () => {
    const y = h.withTraining(true, () => layer.apply(x));
    const [first, again] = [await values(y), await values(y.add(0))];
    expect(again).toEqual(first);
    const kept = first.filter((v) => v !== 0);
    expect(kept.length / first.length).toBeCloseTo(0.75, 1);
    expect(kept.every((v) => Math.abs(v - 1 / 0.75) < 1e-6)).toBe(true);
  });

  test("draws anew at every call of a compiled step, and the backward pass uses the same mask", async () => {
    h.setSeed(3);
    const net = nn.sequential([nn.dropout({ rate: 0.5 }), nn.dropout({ rate: 0.5 })]);
    const step = h.jit(
      (x: Tensor) => {
        const [, dx, y] = h.valueAndGrad((v: Tensor) => {
          const y = net.apply(v);
          return [y.sum(), y] as const;
        })(x);
        return [y, dx];
      },
      { training: true },
    );
    const run = async () => Promise.all((await step(x)).map(values));
    const [y1, dx1] = await run();
    const [y2] = await run();
    expect(dx1).toEqual(y1);
    expect(y2).not.toEqual(y1);
    expect(y1.filter((v) => v === 4).length / y1.length).toBeCloseTo(0.25, 1);
    h.setSeed(3);
    expect((await run())[0]).toEqual(y1);
  });

  test("bad input", () => {
    expect(() => nn.dropout({ rate: 1 })).toThrow("[dropout] rate must lie in [0, 1): got 1");
  });
});

describe("batchNorm", () => {
  const x = tensor([
    [1, 10],
    [3, 10],
    [5, 40],
    [7, 60],
  ]);

  test("normalises by the batch in training and moves the running statistics, as in Keras", async () => {
    const layer = nn.batchNorm({ momentum: 0.9, epsilon: 1e-3 });
    const step = h.jit((v: Tensor) => layer.apply(v), { training: true });
    const y = await values(await step(x));
    const spread = Math.sqrt(5 + 1e-3);
    expect(y[0]).toBeCloseTo(-3 / spread, 5);
    expect(y[6]).toBeCloseTo(3 / spread, 5);
    expect(await values(layer.runningMean.value)).toEqual([expect.closeTo(0.4, 5), expect.closeTo(3, 5)]);
    expect(await values(layer.runningVariance.value)).toEqual([
      expect.closeTo(1.4, 5),
      expect.closeTo(45.9, 4),
    ]);
  });

  test("uses the running statistics in evaluation and when frozen", async () => {
    const layer = nn.batchNorm({ epsilon: 0.5 });
    const expected = (await values(x)).map((v) => expect.closeTo(v / Math.sqrt(1.5), 4));
    expect(await values(layer.apply(x))).toEqual(expected);
    layer.freeze();
    expect(await values(await h.jit((v: Tensor) => layer.apply(v), { training: true })(x))).toEqual(expected);
    expect(await values(layer.runningMean.value)).toEqual([0, 0]);
  });

  test("applied twice in one step moves twice", async () => {
    const layer = nn.batchNorm({ momentum: 0.5 });
    const twice = h.jit(
      (a: Tensor, b: Tensor) => h.valueAndGrad(layer, () => layer.apply(a).add(layer.apply(b)).sum())()[0],
      { training: true },
    );
    await twice(h.full([2, 1], 4), h.full([2, 1], 8));
    expect(await values(layer.runningMean.value)).toEqual([5]);
  });
});

describe("layerNorm", () => {
  test("normalises each sample over an axis or several", async () => {
    const y = await values(
      nn.layerNorm({ epsilon: 1e-12 }).apply(
        tensor([
          [1, 3],
          [10, 30],
        ]),
      ),
    );
    expect(y).toEqual([-1, 1, -1, 1].map((v) => expect.closeTo(v, 5)));
    const images = nn.layerNorm({ axis: [1, 2, 3] });
    const z = await values(images.apply(ramp(2, 2, 2, 1)));
    expect(images.scale?.shape).toEqual([2, 2, 1]);
    expect(z.slice(0, 4)).toEqual(z.slice(4).map((v) => expect.closeTo(v, 4)));
  });
});

describe("initializers", () => {
  const draw = (like: nn.InitializerLike, shape: readonly number[]): Promise<number[]> => {
    class Holder extends nn.Module {
      readonly w = this.parameter(shape, { initializer: like });
      forward(): Tensor {
        return this.w.value;
      }
    }
    return values(new Holder().apply());
  };
  const moments = (v: number[]) => {
    const mean = v.reduce((a, b) => a + b, 0) / v.length;
    return {
      mean,
      std: Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length),
      most: Math.max(...v.map(Math.abs)),
    };
  };

  test.each([
    ["glorotUniform", Math.sqrt(2 / 300), Math.sqrt(6 / 300)],
    ["heUniform", Math.sqrt(2 / 100), Math.sqrt(6 / 100)],
    ["lecunUniform", Math.sqrt(1 / 100), Math.sqrt(3 / 100)],
    ["glorotNormal", Math.sqrt(2 / 300), (2 * Math.sqrt(2 / 300)) / 0.8796],
    ["heNormal", Math.sqrt(2 / 100), (2 * Math.sqrt(2 / 100)) / 0.8796],
    ["lecunNormal", Math.sqrt(1 / 100), (2 * Math.sqrt(1 / 100)) / 0.8796],
    ["uniform", 0.1 / Math.sqrt(12), 0.05],
    ["normal", 0.05, 0.25],
    ["truncatedNormal", 0.05 * 0.8796, 0.1],
  ] as const)("%s has its mean, spread and bounds", async (name, std, bound) => {
    const { mean, std: got, most } = moments(await draw(name, [100, 200]));
    expect(Math.abs(mean)).toBeLessThan(std / 40);
    expect(got / std).toBeCloseTo(1, 1.5);
    expect(most).toBeLessThanOrEqual(bound * 1.0001);
  });

  test("fans of a convolution count the window; objects make what they like", async () => {
    const { most } = moments(await draw("glorotUniform", [3, 3, 4, 8]));
    expect(most).toBeLessThanOrEqual(Math.sqrt(6 / (9 * 12)));
    expect(most).toBeGreaterThan(0.9 * Math.sqrt(6 / (9 * 12)));
    expect(await draw({ make: (shape) => h.full(shape, 3) }, [2])).toEqual([3, 3]);
    expect(await draw(nn.initializers.constant({ value: 2 }), [2])).toEqual([2, 2]);
  });

  test("truncatedNormal is the inverse distribution function of its uniform number", async () => {
    const v = (await draw(nn.initializers.truncatedNormal({ std: 1 }), [20000])).sort((a, b) => a - b);
    // Quantiles of the normal distribution cut at ±2.
    expect(v[10000]).toBeCloseTo(0, 1);
    expect(v[15000]).toBeCloseTo(0.6392, 1);
    expect(v[19000]).toBeCloseTo(1.4723, 1);
  });
});

describe("config", () => {
  test("rebuilds every built-in layer", () => {
    const net = nn.sequential(
      [
        nn.conv2d({
          filters: 4,
          kernelSize: [3, 3],
          activation: "relu",
          kernelInitializer: nn.initializers.heNormal(),
        }),
        nn.depthwiseConv2d({ kernelSize: 2, useBias: false }),
        nn.batchNorm({ momentum: 0.5 }),
        nn.maxPool2d({ poolSize: 2, padding: "same" }),
        nn.avgPool2d(),
        nn.gelu(),
        nn.sequential([nn.globalAvgPool2d(), nn.flatten()]),
        nn.layerNorm(),
        nn.dropout({ rate: 0.1 }),
        nn.dense({ units: 3, activation: "softmax" }),
      ],
      { inputShape: [9, 9, 2] },
    );
    const config = net.config();
    const again = fromConfig(JSON.parse(JSON.stringify(config)));
    expect(again.config()).toEqual(config);
    expect(again.summary()).toBe(net.summary());
    expect(() => fromConfig({ type: "conv9d" })).toThrow(
      '[model] the file describes an unknown layer: "conv9d"',
    );
  });
});
