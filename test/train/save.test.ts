/** Saved models: the same weights, the same next step; files that cannot be read change nothing. */
import { beforeAll, describe, expect, test } from "vitest";
import { digits } from "../../src/data/index.ts";
import type { Tensor } from "../../src/index.ts";
import * as h from "../../src/index.ts";
import { memory, readSafetensors, type Store, writeSafetensors } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const create = () => {
  h.setSeed(9);
  const net = nn.sequential(
    [
      nn.conv2d({ filters: 2, kernelSize: 5, strides: 4, activation: "relu", kernelInitializer: "heNormal" }),
      nn.batchNorm(),
      nn.flatten(),
      nn.dropout({ rate: 0.2 }),
      nn.dense({ units: 10 }),
    ],
    { inputShape: [28, 28, 1] },
  );
  return h.createModel(net, {
    optimizer: optim.adam({ learningRate: 0.01 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
};

const data = digits({ train: 64, test: 0 }).then(({ train }) => train);

const saved = async (): Promise<Store> => {
  const store = memory();
  const model = create();
  await model.fit(await data, { epochs: 1 });
  await model.save(store);
  return store;
};

describe("save and load", () => {
  test("a loaded model goes on bitwise as the saved one would have", async () => {
    const model = create();
    const whole = (await model.fit(await data, { epochs: 3 })).stepLoss;

    const store = await saved();
    h.setSeed(1);
    const again = await h.loadModel(store);
    expect(again.optimizer?.config()).toEqual(model.optimizer?.config());
    expect(again.summary()).toBe(model.summary());
    expect((await again.fit(await data, { epochs: 2 })).stepLoss).toEqual(whole.slice(2));
    expect(again.optimizer?.iterations).toBe(6);
    expect(again.epochs).toBe(3);
  });

  test("load goes into a model that is there, trained or not", async () => {
    const store = await saved();
    const model = create();
    await model.fit(await data, { epochs: 2 });
    await model.load(store);
    const fresh = await create().load(store);
    const [x] = [h.ones([3, 28, 28, 1])];
    expect(await (await model.predict(x)).data()).toEqual(await (await fresh.predict(x)).data());
    const [a, b] = [
      await model.fit(await data),
      await fresh.load(store).then(async (m) => m.fit(await data)),
    ];
    expect(a.stepLoss[0]).toBeCloseTo(b.stepLoss[0], 6);
  });

  test("a file from before the first step puts the optimizer back, too", async () => {
    const make = () => {
      const { net } = create();
      const optimizer = optim.adam({ learningRate: 0.01, averageDecay: 0.9 });
      return h.createModel(net, { optimizer, loss: "sparseCategoricalCrossentropy" });
    };
    const [store, model] = [memory(), make()];
    await model.save(store);
    const first = await model.fit(await data, { epochs: 2 });
    expect((await (await model.load(store)).fit(await data, { epochs: 2 })).stepLoss).toEqual(first.stepLoss);
    const averages = optim.ema(model.optimizer!);
    averages.swap();
    const kernel = () => model.net.parameters()[0].value.data();
    const averaged = await kernel();
    averages.restore();
    const fresh = await make().load(store);
    await fresh.fit(await data, { epochs: 2 });
    optim.ema(fresh.optimizer!).swap();
    expect(await fresh.net.parameters()[0].value.data()).toEqual(averaged);
  });

  test("files say what they hold", async () => {
    const { tensors, metadata } = readSafetensors(await (await saved()).read());
    expect([...tensors.keys()].filter((name) => !/^(optimizer|training)\//.test(name))).toEqual([
      "layers.0.kernel",
      "layers.0.bias",
      "layers.1.scale",
      "layers.1.offset",
      "layers.1.runningMean",
      "layers.1.runningVariance",
      "layers.4.kernel",
      "layers.4.bias",
    ]);
    expect([...tensors.keys()]).toContain("optimizer/mean/layers.4.kernel");
    expect(tensors.get("training/stepLoss")?.shape).toEqual([2]);
    expect(JSON.parse(metadata.training)).toMatchObject({ epoch: 1, step: 0, trained: 1 });
    expect(JSON.parse(metadata.model)).toMatchObject({
      net: { type: "sequential", inputShape: [28, 28, 1] },
      loss: "sparseCategoricalCrossentropy",
      metrics: ["accuracy"],
      epochs: 1,
    });
    expect(JSON.parse(metadata.optimizer)).toMatchObject({ config: { type: "adam" }, iterations: 2 });
  });

  test("a custom class keeps weights, which load puts back", async () => {
    class Net extends nn.Module {
      readonly head = nn.dense({ units: 1 });
      forward(x: Tensor): Tensor {
        return this.head.apply(x).tanh();
      }
    }
    const make = () => h.createModel(new Net().build([2]), { loss: "meanSquaredError" });
    const [model, store] = [make(), memory()];
    await model.save(store);
    await expect(h.loadModel(store)).rejects.toThrow(
      "[loadModel] the file holds weights of a custom class: build the network, then model.load(…)",
    );
    h.setSeed(77);
    const other = make();
    const x = h.ones([1, 2]);
    expect(await (await other.predict(x)).data()).not.toEqual(await (await model.predict(x)).data());
    await other.load(store);
    expect(await (await other.predict(x)).data()).toEqual(await (await model.predict(x)).data());
  });
});

describe("loadWeights", () => {
  test("reports matched, missing and unexpected names", async () => {
    const store = memory();
    const values = { data: new Float32Array([1, 2]), shape: [2, 1], dtype: "float32" as const };
    await store.write(
      writeSafetensors([
        ["layers.0.kernel", values],
        ["other", values],
      ]),
    );
    const net = nn.sequential([nn.dense({ units: 1 })], { inputShape: [2] });
    await expect(h.loadWeights(net, store)).rejects.toThrow("[loadWeights] the file lacks layers.0.bias");
    expect(await h.loadWeights(net, store, { strict: false })).toEqual({
      matched: ["layers.0.kernel"],
      missing: ["layers.0.bias"],
      unexpected: ["other"],
    });
    expect([...(await net.parameters()[0].value.data())]).toEqual([1, 2]);
    await expect(h.loadWeights(nn.dense({ units: 1 }), store)).rejects.toThrow(
      "[loadWeights] shapes of dense are not known: give inputShape or call build",
    );
  });
});

describe("bad files", () => {
  test("are refused with everything as it was", async () => {
    const store = await saved();
    const bytes = await store.read();
    const model = create();
    const x = h.ones([1, 28, 28, 1]);
    const before = await (await model.predict(x)).data();
    const expectRefused = async (file: Uint8Array, message: string) => {
      await expect(model.load(file)).rejects.toThrow(message);
      expect(await (await model.predict(x)).data()).toEqual(before);
    };
    await expectRefused(bytes.slice(0, -8), "[safetensors] truncated");
    await expectRefused(
      writeSafetensors([]),
      "[load] the file is no model saved by heddle: its metadata says undefined",
    );
    const { tensors, metadata } = readSafetensors(bytes);
    const without = [...tensors].filter(([name]) => name !== "layers.4.bias");
    await expectRefused(writeSafetensors(without, metadata), "[load] the file lacks layers.4.bias");
    const bent = [...tensors].map(
      ([name, t]) => [name, name === "layers.4.bias" ? { ...t, shape: [5, 2] } : t] as const,
    );
    await expectRefused(
      writeSafetensors(bent, metadata),
      "[load] layers.4.bias is float32 [10]: got float32 [5, 2] in the file",
    );
    const slots = [...tensors].map(
      ([name, t]) => [name, name === "optimizer/mean/layers.4.bias" ? { ...t, shape: [5, 2] } : t] as const,
    );
    await expectRefused(
      writeSafetensors(slots, metadata),
      "[load] optimizer/mean/layers.4.bias is [10]: got [5, 2]",
    );
    await expectRefused(
      writeSafetensors(tensors, { ...metadata, model: "{" }),
      "[load] the file's description is damaged",
    );
  });

  test("a network without shapes is not saved, bytes are not written to", async () => {
    const model = h.createModel(nn.sequential([nn.dense({ units: 1 })]));
    await expect(model.save(memory())).rejects.toThrow(
      "[save] sequential has no weights yet: give inputShape, or build or train it first",
    );
    await expect(create().save(new Uint8Array(4))).rejects.toThrow("[store] a Uint8Array can only be read");
  });
});

test("an optimizer whose slots the file lacks leaves the model as it was", async () => {
  const make = (momentum: number) => {
    const net = nn.sequential([nn.dense({ units: 1 })], { inputShape: [2] });
    return h.createModel(net, { optimizer: optim.rmsprop({ momentum }), loss: "meanSquaredError" });
  };
  const store = memory();
  const pairs = [h.ones([4, 2]), h.ones([4, 1])] as const;
  const plain = make(0);
  await plain.fit(pairs, { epochs: 1 });
  await plain.save(store);
  const other = make(0.9);
  await other.fit(pairs, { epochs: 2 });
  const weights = () => other.net.parameters()[0].value.data();
  const before = await weights();
  await expect(other.load(store)).rejects.toThrow("is missing");
  expect(await weights()).toEqual(before);
});
