/** States given to and returned by recurrent layers, both directions, regularizers, and weights from PyTorch. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import { memory, writeSafetensors } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const values = async (t: Tensor): Promise<number[]> => [...(await t.data())];
const x = tensor(
  Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  { shape: [2, 4, 3] },
);
const part = (from: number, to: number): Tensor => x.slice([0, from], [undefined, to]);

const MAKERS = {
  simpleRNN: () => nn.simpleRNN({ units: 2, returnState: true }),
  lstm: () => nn.lstm({ units: 2, returnState: true }),
  gru: () => nn.gru({ units: 2, returnState: true }),
};

describe("states", () => {
  test.each(Object.entries(MAKERS))(
    "%s: half a sequence, then the other half from its state",
    async (_, make) => {
      const layer = make();
      const [whole, ...end] = layer.apply(x);
      const [, ...middle] = layer.apply(part(0, 2));
      const [again, ...last] = layer.apply(part(2, 4), undefined, ...middle);
      expect(await values(again)).toEqual(await values(whole));
      expect(await Promise.all(last.map(values))).toEqual(await Promise.all(end.map(values)));
      expect(await values(end[0])).toEqual(await values(whole));
    },
  );

  test("flow through a graph and a file", async () => {
    const input = nn.input([4, 3]);
    const [, state, cell] = nn.lstm({ units: 2, returnState: true }).apply(input);
    const decoded = nn.lstm({ units: 2 }).apply(input, undefined, state, cell);
    const net = nn.graph(input, decoded, { seed: 1 });
    const store = memory();
    await h.createModel(net).save(store);
    const loaded = await h.loadModel(store);
    expect(await values(loaded.net.apply(x))).toEqual(await values(net.apply(x)));
  });
});

describe("bidirectional", () => {
  const sequences = nn.bidirectional(nn.gru({ units: 2, returnSequences: true })).build([4, 3]);

  test("is the layer beside one that reads the sequence backwards", async () => {
    const y = sequences.apply(x);
    expect(y.shape).toEqual([2, 4, 4]);
    const ahead = sequences.forwards.apply(x) as Tensor;
    // The backward layer reads from the end: given a reversed sequence, as a forward one would.
    const mirrored = (sequences.backwards.apply(x) as Tensor).flip(1);
    expect(await values(y)).toEqual(await values(h.concat([ahead, mirrored], -1)));
    const last = nn.bidirectional(nn.gru({ units: 2 })).build([4, 3]);
    expect(last.apply(x).shape).toEqual([2, 4]);
  });

  test("of a palindrome with equal weights is a palindrome", async () => {
    const layer = nn.bidirectional(nn.simpleRNN({ units: 1, returnSequences: true }), { mergeMode: "sum" });
    const palindrome = tensor([[[1], [2], [2], [1]]]);
    layer.build([4, 1]);
    for (const name of ["kernel", "recurrentKernel", "bias"] as const) {
      layer.backwards[name]?.assign(layer.forwards[name]!.value);
    }
    const y = await values(layer.apply(palindrome));
    expect(y).toEqual([...y].reverse());
    expect(y[0]).not.toBeCloseTo(y[1], 3);
  });

  test.each([
    ["sum", (a: number, b: number) => a + b],
    ["mul", (a: number, b: number) => a * b],
    ["ave", (a: number, b: number) => (a + b) / 2],
  ] as const)("merges by %s", async (mergeMode, merge) => {
    const layer = nn.bidirectional(nn.lstm({ units: 2 }), { mergeMode }).build([4, 3]);
    const [a, b] = await Promise.all(
      [layer.forwards, layer.backwards].map((l) => values(l.apply(x) as Tensor)),
    );
    const y = await values(layer.apply(x));
    expect(y).toEqual(a.map((v, i) => expect.closeTo(merge(v, b[i]), 6)));
  });

  test("gives and takes the states of both directions", async () => {
    const layer = nn.bidirectional(nn.lstm({ units: 2, returnState: true }));
    const [y, ...states] = layer.apply(x);
    expect(states.map((s) => s.shape)).toEqual(new Array(4).fill([2, 2]));
    expect(await values(y)).toEqual(await values(h.concat([states[0], states[2]], -1)));
    const [other] = layer.apply(x, undefined, ...states);
    expect(await values(other)).not.toEqual(await values(y));
  });
});

test("regularizers of every parameter add to the loss", async () => {
  const count = (weights: Tensor): Tensor => weights.mul(0).add(1).sum();
  const all = { kernelRegularizer: count, recurrentRegularizer: count, biasRegularizer: count };
  const rnn = nn.lstm({ units: 2, ...all }).build([4, 3]);
  expect(await nn.regularizers.penaltyOf(rnn.parameters())!.item()).toBe(3 * 8 + 2 * 8 + 8);
  const words = nn.embedding({ inputDim: 5, outputDim: 2, embeddingsRegularizer: count }).build([1]);
  expect(await nn.regularizers.penaltyOf(words.parameters())!.item()).toBe(10);
  const heads = nn.multiHeadAttention({
    numHeads: 1,
    keyDim: 2,
    kernelRegularizer: count,
    biasRegularizer: count,
  });
  heads.build([4, 3]);
  expect(await nn.regularizers.penaltyOf(heads.parameters())!.item()).toBe(3 * (3 * 2 + 2) + 2 * 3 + 3);
  const spread = nn.conv2dTranspose({ filters: 1, kernelSize: 2, kernelRegularizer: count }).build([2, 2, 1]);
  expect(await nn.regularizers.penaltyOf(spread.parameters())!.item()).toBe(4);
});

test("PyTorch's bidirectional weights find their directions", async () => {
  const net = nn.sequential([nn.bidirectional(nn.simpleRNN({ units: 1 }))], { inputShape: [4, 1] });
  const names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"];
  const all = [...names, ...names.map((name) => `${name}_reverse`)];
  const tensors = all.map((name, i) => {
    const shape = name.startsWith("bias") ? [1] : [1, 1];
    return [`rnn.${name}`, { data: Float32Array.of(i), shape, dtype: "float32" }] as const;
  });
  await h.loadWeights(net, writeSafetensors(tensors), { from: "pytorch" });
  const loaded = await Promise.all(net.parameters().map((p) => p.value.data()));
  expect(loaded.map(([v]) => v)).toEqual([0, 1, 2 + 3, 4, 5, 6 + 7]);
});
