/** Graphs of layers: branches, sharing, several inputs and outputs, training, files, what is refused. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import { memory } from "../../src/io/index.ts";
import { fromConfig } from "../../src/nn/fromConfig.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const values = async (t: Tensor): Promise<number[]> => [...(await t.data())];

const residual = () => {
  const x = nn.input([4, 4, 2]);
  const conv = nn.conv2d({ filters: 2, kernelSize: 3, padding: "same" }).apply(x);
  const normal = nn.batchNorm().apply(conv);
  const joined = nn.relu().apply(nn.add().apply(x, normal));
  return nn.graph(x, nn.dense({ units: 3 }).apply(nn.flatten().apply(joined)));
};

describe("a graph", () => {
  test("knows shapes while it is wired, and computes what its layers do", async () => {
    const x = nn.input([4, 4, 2]);
    expect(x.shape).toEqual([1, 4, 4, 2]);
    const conv = nn.conv2d({ filters: 3, kernelSize: 3, strides: 2 });
    const y = conv.apply(x);
    expect(y.shape).toEqual([1, 1, 1, 3]);
    const net = nn.graph(x, nn.concatenate().apply(y, y));
    const images = h.randomNormal([5, 4, 4, 2]);
    const single = conv.apply(images);
    expect(await values(net.apply(images))).toEqual(await values(h.concat([single, single], -1)));
    expect(() => conv.apply(nn.input([4, 4, 3]))).toThrow(
      "[conv2d] kernel [3, 3, 2, 3] expects 2 input channels: got input [1, 4, 4, 3]",
    );
  });

  test("lists its layers in the order of the calls and counts parameters", () => {
    const net = residual();
    expect(net.inspect().map(({ type }) => type)).toEqual([
      "conv2d",
      "batchNorm",
      "add",
      "relu",
      "flatten",
      "dense",
    ]);
    expect([...net.state().keys()].slice(0, 3)).toEqual([
      "layers.0.kernel",
      "layers.0.bias",
      "layers.1.scale",
    ]);
    expect(net.parameters().reduce((n, p) => n + p.shape.reduce((a, b) => a * b, 1), 0)).toBe(
      38 + 4 + 32 * 3 + 3,
    );
    expect(net.outputShape()).toEqual([3]);
  });

  test("shares a layer that is called twice; several inputs and outputs", async () => {
    const [a, b] = [nn.input([2]), nn.input([2])];
    const shared = nn.dense({ units: 2, kernelInitializer: "ones" });
    const [fromA, fromB] = [shared.apply(a), shared.apply(b)];
    const net = nn.graph([a, b], [nn.multiply().apply(fromA, fromB), fromA]);
    expect(net.parameters()).toHaveLength(2);
    const [product, first] = net.apply(tensor([[1, 2]]), tensor([[3, 4]]));
    expect(await values(product)).toEqual([21, 21]);
    expect(await values(first)).toEqual([3, 3]);
    const [, grads] = h.valueAndGrad(net, () => {
      const [y] = net.apply(tensor([[1, 2]]), tensor([[3, 4]]));
      return y.sum();
    })();
    expect(await values(grads.get(shared.kernel)!)).toEqual([16, 16, 26, 26]);
  });

  test("trains, drops only in training, and comes back from a file", async () => {
    h.setSeed(4);
    const net = residual();
    const model = h.createModel(net, {
      optimizer: optim.adam({ learningRate: 0.02 }),
      loss: "sparseCategoricalCrossentropy",
    });
    const x = h.randomNormal([8, 4, 4, 2]);
    const y = tensor(Int32Array.from([0, 1, 2, 0, 1, 2, 0, 1]));
    const history = await model.fit([x, y], { epochs: 12, batchSize: 8 });
    expect(history.loss.at(-1)!).toBeLessThan(0.8 * history.loss[0]);
    const store = memory();
    await model.save(store);
    const again = await h.loadModel(store);
    expect(again.summary()).toBe(model.summary());
    expect(await values(await again.predict(x))).toEqual(await values(await model.predict(x)));
  });

  test("is a layer: nested, called on symbols, in a sequential", () => {
    const inner = residual();
    const x = nn.input([4, 4, 2]);
    const outer = nn.graph(x, nn.softmax().apply(inner.apply(x)));
    const net = nn.sequential([outer, nn.dense({ units: 2 })], { inputShape: [4, 4, 2] });
    const again = fromConfig(JSON.parse(JSON.stringify(net.config())));
    expect(again.config()).toEqual(net.config());
    expect(again.summary()).toBe(net.summary());
  });
});

test("a graph that a compiled function builds works in it and after it", async () => {
  let net: nn.Graph<Tensor> | undefined;
  const compiled = h.jit((x: Tensor) => {
    if (!net) {
      const input = nn.input([3]);
      net = nn.graph(input, nn.dense({ units: 2, kernelInitializer: "ones" }).apply(input));
    }
    return net.apply(x);
  });
  const x = tensor([[1, 2, 3]]);
  expect(await values(await compiled(x))).toEqual([6, 6]);
  expect(await values(net!.apply(x))).toEqual([6, 6]);
  const outer = nn.input([3]);
  expect(await values(nn.graph(outer, net!.apply(outer)).apply(x))).toEqual([6, 6]);
});

describe("bad input", () => {
  const x = nn.input([3]);
  const y = nn.dense({ units: 2 }).apply(x);

  test("an output that does not depend on the inputs through layers", () => {
    expect(() => nn.graph(x, y.relu())).toThrow(
      "[graph] output 0 was not made by layers; ops of tensors are not recorded",
    );
    expect(() => nn.graph(nn.input([3]), y)).toThrow(
      "[graph] an argument of dense is an input that is missing among the inputs",
    );
    expect(() => nn.graph(y, y)).toThrow("[graph] input 0 must be made by nn.input");
    expect(() => nn.graph(x, [])).toThrow("[graph] expects at least one output");
  });

  test("inputs of other numbers and shapes", () => {
    const net = nn.graph(x, y);
    expect(() => net.apply(h.zeros([1, 3]), h.zeros([1, 3]))).toThrow("[graph] expects 1 inputs: got 2");
    expect(() => net.apply(h.zeros([1, 4]))).toThrow("[graph] expects [batch, 3] as input 0: got [1, 4]");
    expect(() => nn.add().apply(h.zeros([1]))).toThrow("[add] expects at least two inputs: got 1");
  });

  test("a symbol has no value", async () => {
    await expect(x.data()).rejects.toThrow("[input] stands for values to come: it has none to read");
    await expect(y.add(1).data()).rejects.toThrow("[input] stands for values to come: it has none to read");
  });
});
