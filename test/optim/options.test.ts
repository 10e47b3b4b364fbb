/** Options that every optimizer has: clipping, parameter groups, running averages; through files; bad input. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { type Tensor, tensor } from "../../src/index.ts";
import { memory } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import { optimizerFromConfig } from "../../src/optim/fromConfig.ts";
import * as optim from "../../src/optim/index.ts";
import { State } from "../../src/runtime/state.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const parameter = (name: string, value = 1) => ({ state: State.from(tensor([value]).node, name) });
const read = async (p: { state: State }): Promise<number> => new h.Tensor(p.state.read()).item();

const data: [number[][], number[][]] = [
  [[1], [2], [3], [4]],
  [[2], [4], [6], [8]],
];
const network = () =>
  nn.sequential([nn.dense({ units: 2 }), nn.dense({ units: 1 })], { inputShape: [1], seed: 1 });

describe("parameter groups", () => {
  test("have rates and decays of their own, or stay as they are", async () => {
    const list = ["a", "b.kernel", "c", "d"].map((name) => parameter(name));
    const [a, , c] = list;
    const optimizer = optim.sgd({
      learningRate: 0.5,
      weightDecay: 0.5,
      groups: [
        { parameters: [a], learningRate: 0.25 },
        { parameters: "b", weightDecay: 0 },
        { parameters: [c], frozen: true },
      ],
    });
    const update = (g: Tensor): void => optimizer.update(new Map(list.map((p) => [p, g])));
    const step = h.jit(update);
    await step(tensor([1]));
    // (1 − ηλ)w − ηg
    expect(await Promise.all(list.map(read))).toEqual([0.625, 0.5, 1, 0.25]);
    optimizer.groups[0].learningRate = 0;
    await step(tensor([1]));
    expect(await Promise.all(list.map(read))).toEqual([0.625, 0, 1, -0.3125]);
  });

  test("of a module, from its parameters as they are now", async () => {
    const net = network();
    const [trunk] = net.layers;
    const optimizer = optim.adam({ groups: [{ parameters: trunk, frozen: true }] });
    const model = h.createModel(net, { optimizer, loss: "meanSquaredError" });
    const values = () => Promise.all(net.parameters().map(async (p) => [...(await p.value.data())]));
    const before = await values();
    await model.fit(data);
    const after = await values();
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).not.toEqual(before[2]);
    expect(optimizer.slots(net.parameters()[0]).size).toBe(0);
  });

  test("are named by paths in files", async () => {
    const create = () => {
      const net = network();
      const rate = optim.exponentialDecay({ learningRate: 0.05, factor: 0.9 });
      const groups = [
        { parameters: net.layers[0], learningRate: rate },
        { parameters: ["layers.1.bias"], frozen: true },
      ];
      const optimizer = optim.sgd({ learningRate: 0.01, momentum: 0.5, groups });
      return h.createModel(net, { optimizer, loss: "meanSquaredError" });
    };
    const whole = (await create().fit(data, { epochs: 3, batchSize: 2 })).stepLoss;
    const [model, store] = [create(), memory()];
    await model.fit(data, { epochs: 2, batchSize: 2 });
    await model.save(store);
    expect(model.optimizer?.config().groups).toEqual([
      {
        parameters: ["layers.0.kernel", "layers.0.bias"],
        frozen: false,
        learningRate: {
          type: "exponentialDecay",
          learningRate: 0.05,
          factor: 0.9,
          steps: 1,
          staircase: false,
        },
      },
      { parameters: ["layers.1.bias"], frozen: true },
    ]);
    const again = await h.loadModel(store);
    expect(again.optimizer?.config()).toEqual(model.optimizer?.config());
    expect((await again.fit(data, { batchSize: 2 })).stepLoss).toEqual(whole.slice(4));
  });
});

describe("clipping", () => {
  test("leaves gradients below the limit as they are, and frozen ones out of the norm", async () => {
    const [w, frozen] = [parameter("w"), parameter("frozen")];
    const optimizer = optim.sgd({
      learningRate: 1,
      globalClipNorm: 1,
      groups: [{ parameters: [frozen], frozen: true }],
    });
    optimizer.update(
      new Map([
        [w, tensor([0.5])],
        [frozen, tensor([100])],
      ]),
    );
    expect(await read(w)).toBe(0.5);
    optimizer.update(new Map([[w, tensor([8])]]));
    expect(await read(w)).toBe(-0.5);
  });

  test("of gradients that are all 0", async () => {
    for (const options of [{ clipNorm: 1 }, { globalClipNorm: 1 }, { clipValue: 1 }]) {
      const w = parameter("w");
      optim.sgd(options).update(new Map([[w, tensor([0])]]));
      expect(await read(w)).toBe(1);
    }
  });
});

describe("averages", () => {
  test("run with the weights, take their place and give it back", async () => {
    const w = parameter("w", 4);
    const optimizer = optim.sgd({ learningRate: 1, averageDecay: 0.75 });
    const averages = optim.ema(optimizer);
    const step = h.jit((g: Tensor) => optimizer.update(new Map([[w, g]])));
    await step(tensor([4]));
    await step(tensor([4]));
    // 4 → 0.75 · 4 + 0.25 · 0 → 0.75 · 3 + 0.25 · −4
    averages.swap();
    expect(await read(w)).toBe(1.25);
    expect(() => averages.swap()).toThrow("[ema] the averages are in place already");
    averages.restore();
    expect(await read(w)).toBe(-4);
    expect(() => averages.restore()).toThrow("[ema] the weights are in place");
    await step(tensor([0]));
    averages.swap();
    expect(await read(w)).toBe(0.75 * 1.25 - 1);
  });

  test("beside the slots of other optimizers, kept in files", async () => {
    const create = () => {
      const optimizer = optim.adam({ averageDecay: 0.9 });
      return h.createModel(network(), { optimizer, loss: "meanSquaredError" });
    };
    const [model, store] = [create(), memory()];
    await model.fit(data, { epochs: 2 });
    await model.save(store);
    const again = await h.loadModel(store);
    for (const m of [model, again]) optim.ema(m.optimizer!).swap();
    expect(await again.evaluate(data)).toEqual(await model.evaluate(data));
  });

  test("need a decay", () => {
    expect(() => optim.ema(optim.sgd()).swap()).toThrow("[ema] sgd keeps no averages: give it averageDecay");
  });
});

test.each<[() => unknown, string]>([
  [() => optim.adam({ clipNorm: 0 }), "[adam] clipNorm must be a positive number: got 0"],
  [
    () => optim.sgd({ clipValue: 1, globalClipNorm: 1 }),
    "[sgd] takes one of clipValue, clipNorm, globalClipNorm: got clipValue and globalClipNorm",
  ],
  [() => optim.rmsprop({ averageDecay: 1 }), "[rmsprop] averageDecay must lie in [0, 1): got 1"],
  [
    () => optim.adamw({ groups: [{ parameters: "a", learningRate: -1 }] }),
    "[adamw] learningRate must be a number of at least 0: got -1",
  ],
  [
    () => optim.adadelta({ groups: [{ parameters: "a", weightDecay: Number.NaN }] }),
    "[adadelta] weightDecay must be a number of at least 0: got NaN",
  ],
  [() => optimizerFromConfig({ type: "sgdr" }), '[model] the file describes an unknown optimizer: "sgdr"'],
])("bad input %#", (make, message) => {
  expect(make).toThrow(message);
});
