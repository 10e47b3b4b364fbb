/** Weights of other frameworks: how names meet, what is converted, what is refused with nothing changed. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import type { HostTensor } from "../../src/io/index.ts";
import { memory, writeNpz, writeSafetensors } from "../../src/io/index.ts";
import { resnet20 } from "../../src/models/index.ts";
import * as nn from "../../src/nn/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

/** 0, 1, 2, … in the given shape. */
const ramp = (...shape: number[]): HostTensor => ({
  data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => i),
  shape,
  dtype: "float32",
});
const fileOf = (tensors: Record<string, HostTensor>): Uint8Array => writeSafetensors(Object.entries(tensors));
const values = async (variable: { value: h.Tensor }): Promise<number[]> => [...(await variable.value.data())];

const mlp = () =>
  nn.sequential([nn.dense({ units: 3, activation: "relu" }), nn.dense({ units: 2 })], { inputShape: [2] });

describe("names", () => {
  const torch = {
    "0.weight": ramp(3, 2),
    "0.bias": ramp(3),
    "2.weight": ramp(2, 3),
    "2.bias": ramp(2),
  };

  test("in order, where a framework counts activations as layers", async () => {
    const net = mlp();
    expect(await h.loadWeights(net, fileOf(torch), { from: "pytorch" })).toEqual({
      matched: ["layers.0.kernel", "layers.0.bias", "layers.1.kernel", "layers.1.bias"],
      missing: [],
      unexpected: [],
    });
    expect(await values(net.parameters()[0])).toEqual([0, 2, 4, 1, 3, 5]);
    expect(await values(net.parameters()[2])).toEqual([0, 3, 1, 4, 2, 5]);
  });

  test("in order of numbers, though a tool has sorted them as text", async () => {
    const layers = Array.from({ length: 12 }, () => nn.dense({ units: 1, useBias: false }));
    const net = nn.sequential(layers, { inputShape: [1] });
    const named = Array.from({ length: 12 }, (_, i) => [
      `${2 * i}.weight`,
      { ...ramp(1, 1), data: Float32Array.of(i) },
    ]);
    const sorted = Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
    await h.loadWeights(net, fileOf(sorted), { from: "pytorch" });
    expect((await Promise.all(net.parameters().map(values))).flat()).toEqual(layers.map((_, i) => i));
  });

  test("by name, where they meet, in any order", async () => {
    const x = nn.input([2]);
    const hidden = nn.dense({ units: 3 }).named("hidden").apply(x);
    const net = nn.graph(x, nn.dense({ units: 2 }).named("head.fc").apply(hidden));
    const file = fileOf({
      "head.fc.weight": ramp(2, 3),
      "head.fc.bias": ramp(2),
      "hidden.weight": ramp(3, 2),
      "hidden.bias": ramp(3),
    });
    await h.loadWeights(net, file, { from: "pytorch" });
    expect(await values(net.state().get("layers.hidden.kernel")!)).toEqual([0, 2, 4, 1, 3, 5]);
  });

  test("by a table, or by a function that leaves out what is undefined", async () => {
    const net = mlp();
    const file = fileOf({
      "a.weight": ramp(2, 3),
      "a.bias": ramp(2),
      "b.weight": ramp(3, 2),
      "b.bias": ramp(3),
    });
    await h.loadWeights(net, file, { from: "pytorch", names: { a: "layers.1", b: "layers.0" } });
    expect(await values(net.parameters()[0])).toEqual([0, 2, 4, 1, 3, 5]);
    const some = (path: string) => (path === "b" ? "layers.0" : undefined);
    const report = await h.loadWeights(mlp(), file, { from: "pytorch", names: some, strict: false });
    expect(report).toEqual({
      matched: ["layers.0.kernel", "layers.0.bias"],
      missing: ["layers.1.kernel", "layers.1.bias"],
      unexpected: ["a.weight", "a.bias"],
    });
    await expect(h.loadWeights(net, file, { from: "pytorch", names: { a: "layers.7" } })).rejects.toThrow(
      "[loadWeights] names leads a to layers.7, where the network has no weights",
    );
    await expect(h.loadWeights(net, file, { from: "pytorch", names: () => "layers.0" })).rejects.toThrow(
      "[loadWeights] names leads two layers of the file to layers.0",
    );
  });

  test("a residual network takes torchvision's names", async () => {
    const net = resnet20();
    const lasts = new Map([
      ["kernel", "weight"],
      ["scale", "weight"],
      ["offset", "bias"],
      ["bias", "bias"],
      ["runningMean", "running_mean"],
      ["runningVariance", "running_var"],
    ]);
    const named = [...net.state()].map(([path, { shape }]): [string, HostTensor] => {
      const parts = path.split(".").slice(1);
      const name = [...parts.slice(0, -1), lasts.get(parts.at(-1)!)].join(".");
      const order = shape.length === 4 ? [3, 2, 0, 1] : shape.length === 2 ? [1, 0] : [0];
      return [name, ramp(...order.map((axis) => shape[axis]))];
    });
    const counters = {
      "bn1.num_batches_tracked": { data: Int32Array.of(7), shape: [], dtype: "int32" as const },
    };
    const file = fileOf({ ...Object.fromEntries(named.reverse()), ...counters });
    const { matched } = await h.loadWeights(net, file, { from: "pytorch" });
    expect(matched).toEqual([...net.state().keys()]);
  });
});

describe("conversions", () => {
  test("a dense layer behind a flatten, also behind what works element by element", async () => {
    const net = nn.sequential([nn.relu(), nn.flatten(), nn.dropout({ rate: 0.5 }), nn.dense({ units: 1 })], {
      inputShape: [2, 2, 3],
    });
    await h.loadWeights(net, fileOf({ "3.weight": ramp(1, 12), "3.bias": ramp(1) }), { from: "pytorch" });
    expect(await values(net.parameters()[0])).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    const pooled = nn.sequential([nn.globalAvgPool2d(), nn.dense({ units: 1 })], { inputShape: [2, 2, 3] });
    await h.loadWeights(pooled, fileOf({ "1.weight": ramp(1, 3), "1.bias": ramp(1) }), { from: "pytorch" });
    expect(await values(pooled.parameters()[0])).toEqual([0, 1, 2]);
  });

  test("layers of Keras, from an npz file with paths", async () => {
    const net = nn.sequential(
      [
        nn.embedding({ inputDim: 3, outputDim: 4 }),
        nn.multiHeadAttention({ numHeads: 2, keyDim: 2 }),
        nn.batchNorm(),
        nn.lstm({ units: 1 }),
      ],
      { inputShape: [2] },
    );
    const bytes = await writeNpz([
      ["embedding/embeddings", ramp(3, 4)],
      ["attention/query/kernel", ramp(4, 2, 2)],
      ["attention/query/bias", ramp(2, 2)],
      ["attention/key/kernel", ramp(4, 2, 2)],
      ["attention/key/bias", ramp(2, 2)],
      ["attention/value/kernel", ramp(4, 2, 2)],
      ["attention/value/bias", ramp(2, 2)],
      ["attention/attention_output/kernel", ramp(2, 2, 4)],
      ["attention/attention_output/bias", ramp(4)],
      ["norm/gamma:0", ramp(4)],
      ["norm/beta:0", ramp(4)],
      ["norm/moving_mean:0", ramp(4)],
      ["norm/moving_variance:0", ramp(4)],
      ["lstm/lstm_cell/kernel", ramp(4, 4)],
      ["lstm/lstm_cell/recurrent_kernel", ramp(1, 4)],
      ["lstm/lstm_cell/bias", ramp(4)],
    ]);
    const { matched } = await h.loadWeights(net, bytes, { from: "keras" });
    expect(matched).toHaveLength(16);
    expect(await values(net.state().get("layers.1.output.kernel")!)).toEqual([...Array(16).keys()]);
  });

  test("an own file by its own names", async () => {
    const [net, other] = [mlp(), mlp()];
    const store = memory();
    await h.createModel(net).save(store);
    await h.loadWeights(other, store);
    expect(await values(other.parameters()[2])).toEqual(await values(net.parameters()[2]));
  });
});

describe("Heddle's own", () => {
  const saved = async (net: nn.Layer): Promise<Uint8Array> => {
    const store = memory();
    await h.createModel(net).save(store);
    return store.read();
  };

  test("are renamed by a table: a trunk under another head", async () => {
    const trunk = mlp();
    const net = nn.sequential([nn.sequential([nn.dense({ units: 3 })]), nn.dense({ units: 5 })], {
      inputShape: [2],
    });
    const names = { "layers.0": "layers.0.layers.0", "layers.1": "old" };
    const report = await h.loadWeights(net, await saved(trunk), { names, strict: false });
    expect(report).toEqual({
      matched: ["layers.0.layers.0.kernel", "layers.0.layers.0.bias"],
      missing: ["layers.1.kernel", "layers.1.bias"],
      unexpected: ["old.kernel", "old.bias"],
    });
    expect(await values(net.parameters()[0])).toEqual(await values(trunk.parameters()[0]));
  });

  test("are left out where a function names nothing", async () => {
    const net = mlp();
    const names = (path: string) => (path === "layers.0" ? path : undefined);
    const { matched, unexpected } = await h.loadWeights(net, await saved(mlp()), { names, strict: false });
    expect([matched, unexpected]).toEqual([["layers.0.kernel", "layers.0.bias"], []]);
  });

  test("two that one name leads to", async () => {
    const names = { "layers.0": "layers.1" };
    await expect(h.loadWeights(mlp(), await saved(mlp()), { names })).rejects.toThrow(
      "[loadWeights] names leads two tensors of the file to layers.1.kernel",
    );
  });
});

describe("what does not fit", () => {
  test("changes nothing", async () => {
    const net = mlp();
    const before = await values(net.parameters()[0]);
    const load = (file: Record<string, HostTensor>, options: h.LoadWeightsOptions = { from: "pytorch" }) =>
      h.loadWeights(net, fileOf(file), options);
    const half = { "0.weight": ramp(3, 2), "0.bias": ramp(3) };
    await expect(load(half)).rejects.toThrow("[loadWeights] the file lacks layers.1.kernel, layers.1.bias");
    await expect(load({ ...half, "2.weight": ramp(3, 3), "2.bias": ramp(3) })).rejects.toThrow(
      "[loadWeights] layers.1.kernel is float32 [3, 2]: got float32 [3, 3] as 2.weight",
    );
    const more = { "2.weight": ramp(2, 3), "2.bias": ramp(2), "2.mask": ramp(2) };
    await expect(load({ ...half, ...more })).rejects.toThrow("[loadWeights] the network has no 2.mask");
    await expect(load(half, { from: "caffe" as never })).rejects.toThrow(
      '[loadWeights] from must be "heddle", "pytorch" or "keras": got "caffe"',
    );
    expect(await values(net.parameters()[0])).toEqual(before);
  });
});
