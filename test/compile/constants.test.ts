/** Values of a compiled function that depend on captured values alone: cached between calls, folded, never out of date. */
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../src/base/philox.ts";
import * as h from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import { sgd } from "../../src/optim/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

/** The `ops` columns of an explained plan and of its constants plan. */
function kernels(text: string): { plan: string[]; constants: string[] } {
  const [plan, constants = ""] = text.split("\nconstants plan");
  const ops = (table: string): string[] =>
    table
      .split("\n")
      .slice(2)
      .map((line) => line.trim().split(/\s{2,}/)[2]);
  return { plan: ops(plan), constants: ops(constants) };
}

let seed = 0;
const noise = (...shape: number[]): h.Tensor => {
  const random = new Random(++seed);
  const values = Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    () => random.uniform() - 0.5,
  );
  return h.tensor(values, { shape });
};

/** Largest difference in units of the largest value. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const values = Array.from(b);
  return Math.max(...values.map((v, i) => Math.abs(a[i] - v))) / Math.max(1, ...values.map(Math.abs));
}

describe("folding", () => {
  const convNorm = () => {
    const net = nn.sequential([nn.conv2d({ filters: 4, kernelSize: 3 }), nn.batchNorm(), nn.relu()]);
    const x = noise(2, 8, 8, 3);
    net.apply(x);
    const norm = net.layers[1] as nn.BatchNorm;
    for (const state of [norm.runningMean, norm.runningVariance, norm.scale!, norm.offset!])
      state.assign(noise(4).add(1));
    return { net, x, norm };
  };

  test("batch norm in evaluation mode becomes a bias of a scaled kernel", async () => {
    const { net, x } = convNorm();
    const f = h.jit((x: h.Tensor) => net.apply(x), { training: false });
    expect(kernels(f.explain(x)).plan).toEqual(["conv+add+max"]);
    expect(kernels(f.explain(x)).constants).toHaveLength(2);
    expect(difference(await (await f(x)).data(), await net.apply(x).data())).toBeLessThan(1e-6);
  });

  test("a kernel larger than the feature map stays: one scale and one shift", async () => {
    const [kernel, mean, scale] = [noise(3, 3, 32, 32), noise(32), noise(32)];
    const f = h.jit((x: h.Tensor) => x.conv2d(kernel).sub(mean).mul(scale).add(mean));
    const x = noise(1, 4, 4, 32);
    expect(kernels(f.explain(x)).plan).toEqual(["conv+mul+add"]);
    const plain = x.conv2d(kernel).sub(mean).mul(scale).add(mean);
    expect(difference(await (await f(x)).data(), await plain.data())).toBeLessThan(1e-6);
  });

  test("a value that something else reads is computed as written", async () => {
    const [kernel, scale] = [noise(8, 4), noise(4)];
    const f = h.jit((x: h.Tensor) => {
      const y = x.matmul(kernel);
      return [y, y.mul(scale)];
    });
    const x = noise(16, 8);
    expect(kernels(f.explain(x)).constants).toEqual([]);
    const [y, z] = await f(x);
    const expected = x.matmul(kernel);
    expect([await y.data(), await z.data()]).toEqual([
      await expected.data(),
      await expected.mul(scale).data(),
    ]);
  });

  test("any chain of scales and shifts keeps its value", async () => {
    const random = new Random(7);
    const steps: ((y: h.Tensor, c: h.Tensor) => h.Tensor)[] = [
      (y, c) => y.mul(c),
      (y, c) => c.mul(y),
      (y, c) => y.add(c),
      (y, c) => c.add(y),
      (y, c) => y.sub(c),
      (y, c) => c.sub(y),
      (y) => y.relu(),
      (y) => y.mul(0.5),
      (y) => y.add(y.square()),
      (y, c) => y.mul(c.sum()),
    ];
    const [kernel, depthwise, weights] = [noise(3, 3, 4, 4), noise(3, 3, 4, 1), noise(4, 4)];
    const products: ((x: h.Tensor) => h.Tensor)[] = [
      (x) => x.conv2d(kernel),
      (x) => x.conv2d(kernel, { strides: 2, padding: "same" }),
      (x) => x.depthwiseConv2d(depthwise),
      (x) => x.matmul(weights),
      (x) => x.matmul(weights.transpose()),
    ];
    for (let program = 0; program < 60; program++) {
      const product = products[random.below(products.length)];
      const chain = Array.from({ length: 1 + random.below(6) }, () => ({
        step: steps[random.below(steps.length)],
        c: noise(...[[4], [1, 4], [1]][random.below(3)]),
      }));
      const g = (x: h.Tensor) => chain.reduce((y, { step, c }) => step(y, c), product(x));
      const x = noise(1, 6, 6, 4);
      const error = difference(await (await h.jit(g)(x)).data(), await g(x).data());
      expect(error, `program ${program}`).toBeLessThan(1e-5);
    }
  });

  test("NaN and infinity in a shift, and NaN in a scale, come through", async () => {
    const kernel = noise(5, 4);
    const [mean, scale] = [h.tensor([NaN, Infinity, 0, 0]), h.tensor([1, 2, 3, NaN])];
    const g = (x: h.Tensor) => x.matmul(kernel).sub(mean).mul(scale);
    const x = noise(3, 5);
    expect(await (await h.jit(g)(x)).data()).toEqual(await g(x).data());
  });
});

describe("keeping", () => {
  const networks = {
    "a scale and a shift": { layers: () => [nn.dense({ units: 3 }), nn.batchNorm()], shape: [8, 5] },
    "a transformed kernel": {
      layers: () => [nn.conv2d({ filters: 16, kernelSize: 3 })],
      shape: [1, 18, 18, 16],
    },
  };
  test.each(Object.entries(networks))(
    "%s follows every change of the weights",
    async (_, { layers, shape }) => {
      const net = nn.sequential(layers());
      const x = noise(...shape);
      net.apply(x);
      const { kernel } = net.layers[0] as nn.Dense;
      const f = h.jit((x: h.Tensor) => net.apply(x), { training: false });
      const agrees = async () =>
        expect(difference(await (await f(x)).data(), await net.apply(x).data())).toBeLessThan(1e-6);
      await agrees();
      kernel.assign(noise(...kernel.shape));
      await agrees();
      const optimizer = sgd({ learningRate: 0.5 });
      const lossAndGrads = h.valueAndGrad(net, (x: h.Tensor) => net.apply(x).square().mean());
      const step = h.jit((x: h.Tensor) => optimizer.update(lossAndGrads(x)[1]), { training: true });
      for (let i = 0; i < 3; i++) {
        const before = await (await f(x)).data();
        await step(x);
        expect(difference(await (await f(x)).data(), before)).toBeGreaterThan(1e-3);
        await agrees();
      }
    },
  );

  test("the constants plan runs once for many calls", async () => {
    const weights = noise(16, 16);
    const f = h.jit((x: h.Tensor) => x.matmul(weights.square().add(1)));
    const x = noise(2, 16);
    expect(kernels(f.explain(x))).toEqual({ plan: ["matmul"], constants: ["mul+add"] });
    const cached = () => h.memory().tensors.filter(({ origin }) => origin.startsWith("constants of")).length;
    const before = cached();
    for (let i = 0; i < 5; i++) await f(x);
    expect(cached()).toBe(before + 1);
    f.dispose();
    expect(cached()).toBe(before);
    const again = await (await f(x)).data();
    expect(again).toEqual(await x.matmul(weights.square().add(1)).data());
    f.dispose();
  });

  test("a value larger than its sources is not cached, nor is a result of the call", async () => {
    const v = noise(32);
    const outer = h.jit((x: h.Tensor) => x.add(v.reshape([32, 1]).mul(v).tanh()));
    expect(kernels(outer.explain(noise(32, 32))).constants).toEqual([]);
    const result = h.jit(() => v.tanh());
    expect(kernels(result.explain()).constants).toEqual([]);
    const [a, b] = [await result(), await result()];
    a.dispose();
    expect(await b.data()).toEqual(await v.tanh().data());
  });

  test("numbers and random values are of each call", async () => {
    const weights = noise(64);
    const f = h.jit((x: h.Tensor, factor: number) => x.add(weights.mul(factor)));
    const x = noise(64);
    for (const factor of [2, 3])
      expect(await (await f(x, factor)).data()).toEqual(await x.add(weights.mul(factor)).data());
    const g = h.jit((x: h.Tensor) => x.add(weights.mul(h.randomUniform([64]))));
    expect(await (await g(x)).data()).not.toEqual(await (await g(x)).data());
  });
});
