/** Callbacks: early stopping, checkpoints, what the progress bar writes. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Tensor } from "../../src/index.ts";
import * as h from "../../src/index.ts";
import { memory, readSafetensors } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import {
  type Callback,
  checkpoint,
  csvLogger,
  earlyStopping,
  jsonLogger,
  progress,
  reduceOnPlateau,
  type TrainingRun,
  terminateOnNaN,
} from "../../src/train/callbacks.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const x = [[1], [2], [3], [4]];
const y = [[2], [4], [6], [8]];
const create = (learningRate: number) =>
  h.createModel(nn.sequential([nn.dense({ units: 1, useBias: false, kernelInitializer: "ones" })]), {
    optimizer: optim.sgd({ learningRate }),
    loss: "meanSquaredError",
  });

describe("earlyStopping", () => {
  test("stops when nothing improves, and restores the best weights", async () => {
    // Too fast: every step overshoots by more.
    const model = create(0.15);
    const ends: (string | undefined)[] = [];
    const history = await model.fit([x, y], {
      epochs: 20,
      batchSize: 4,
      callbacks: [
        earlyStopping({ monitor: "loss", patience: 2, restoreBest: true }),
        { onTrainEnd: ({ stopReason }) => void ends.push(stopReason) },
      ],
    });
    expect(history.loss).toHaveLength(3);
    expect(ends).toEqual([`loss did not improve on ${history.loss[0].toFixed(4)} for 2 epochs`]);
    // After the first epoch: 1 − 0.15 · 2 · mean(x · (x − 2x)).
    expect(await model.net.parameters()[0].value.item()).toBeCloseTo(1 + 0.15 * 15, 5);
  });

  test("minDelta, modes, names that are missing", async () => {
    const history = await create(1e-6).fit([x, y], {
      epochs: 9,
      callbacks: [earlyStopping({ monitor: "loss", minDelta: 0.1, patience: 3 })],
    });
    expect(history.loss).toHaveLength(4);
    const up = await create(1e-3).fit([x, y], {
      epochs: 9,
      callbacks: [earlyStopping({ monitor: "loss", mode: "max" })],
    });
    expect(up.loss).toHaveLength(2);
    await expect(create(1e-3).fit([x, y], { callbacks: [earlyStopping()] })).rejects.toThrow(
      '[earlyStopping] monitors "valLoss": got loss; fit needs validationData or validationSplit',
    );
  });
});

describe("checkpoint", () => {
  test("keeps every epoch, or the best", async () => {
    const [last, best] = [memory(), memory()];
    const model = create(0.15);
    const epochs: number[] = [];
    const count: Callback = { onEpochEnd: (epoch) => void epochs.push(epoch) };
    await model.fit([x, y], {
      epochs: 3,
      callbacks: [checkpoint(last), checkpoint(best, { monitor: "loss", bestOnly: true }), count],
    });
    const kernel = async (store: typeof last) =>
      readSafetensors(await store.read()).tensors.get("layers.0.kernel")!.data[0];
    expect(await kernel(last)).toBe(await model.net.parameters()[0].value.item());
    expect(await kernel(best)).toBeCloseTo(1 + 0.15 * 15, 5);
  });
});

describe("checkpoints of their own", () => {
  test("keep the last ones, every few epochs", async () => {
    const stores = Array.from({ length: 8 }, memory);
    const model = create(0.01);
    await model.fit([x, y], {
      epochs: 8,
      callbacks: [checkpoint((epoch) => stores[epoch], { every: 2, keepLast: 2 })],
    });
    const kept = await Promise.all(
      stores.map((s) =>
        s.read().then(
          () => true,
          () => false,
        ),
      ),
    );
    expect(kept).toEqual([false, false, false, false, false, true, false, true]);
    expect((await h.loadModel(stores[5])).epochs).toBe(6);
  });

  test("old ones stay when a new one cannot be written", async () => {
    const [first, second] = [memory(), memory()];
    const broken = { ...second, write: () => Promise.reject(new Error("disk full")) };
    const places = [first, broken];
    const fitted = create(0.01).fit([x, y], {
      epochs: 2,
      callbacks: [checkpoint((epoch) => places[epoch], { keepLast: 1 })],
    });
    await expect(fitted).rejects.toThrow("disk full");
    expect((await h.loadModel(first)).epochs).toBe(1);
  });

  test("bad options", async () => {
    expect(() => checkpoint(memory(), { every: 0 })).toThrow(
      "[checkpoint] every must be a positive integer: got 0",
    );
    expect(() => checkpoint(memory(), { keepLast: 2 })).toThrow(
      "[checkpoint] keepLast needs a store per epoch: give a function of it",
    );
    const { read, write } = memory();
    const fitted = create(0.1).fit([x, y], {
      callbacks: [checkpoint(() => ({ read, write }), { keepLast: 1 })],
    });
    await expect(fitted).rejects.toThrow("[checkpoint] keepLast needs stores that can remove their content");
  });
});

describe("reduceOnPlateau", () => {
  const rates = async (options: object, optimizer = optim.sgd({ learningRate: 0 })): Promise<unknown[]> => {
    const model = h.createModel(create(0).net, { optimizer, loss: "meanSquaredError" });
    const seen: unknown[] = [];
    const look: Callback = { onEpochEnd: (_, __, run) => void seen.push(run.model.optimizer?.learningRate) };
    await model.fit([x, y], {
      epochs: 6,
      callbacks: [reduceOnPlateau({ monitor: "loss", ...options }), look],
    });
    return seen;
  };

  test("waits, reduces, rests, and stops at the least rate", async () => {
    // Frozen parameters: the loss never changes.
    const still = () =>
      optim.sgd({ learningRate: 1, groups: [{ parameters: "layers", frozen: true, learningRate: 8 }] });
    expect(await rates({ patience: 2, factor: 0.5 }, still())).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
    expect(await rates({ patience: 1, factor: 0.5, cooldown: 1 }, still())).toEqual([
      1, 0.5, 0.5, 0.25, 0.25, 0.125,
    ]);
    const optimizer = still();
    expect((await rates({ patience: 1, factor: 0.1, minLearningRate: 0.05 }, optimizer)).at(-1)).toBe(0.05);
    expect(optimizer.groups[0].learningRate).toBeCloseTo(0.05, 6);
  });

  test("bad options", async () => {
    expect(() => reduceOnPlateau({ factor: 1 })).toThrow(
      "[reduceOnPlateau] factor must lie between 0 and 1: got 1",
    );
    expect(() => reduceOnPlateau({ patience: -1 })).toThrow(
      "[reduceOnPlateau] patience must be an integer of at least 0: got -1",
    );
    const learningRate = optim.cosineDecay({ learningRate: 1, steps: 5 });
    await expect(rates({}, optim.sgd({ learningRate }))).rejects.toThrow(
      "[reduceOnPlateau] needs a number as learning rate: the optimizer has a schedule",
    );
  });
});

describe("loggers", () => {
  test("write an entry per epoch, and go on where they stopped", async () => {
    const [csv, json] = [memory(), memory()];
    const train = (model: ReturnType<typeof create>, options: h.FitOptions, append: boolean) =>
      model.fit([x, y], {
        ...options,
        callbacks: [csvLogger(csv, { append }), jsonLogger(json, { append })],
      });
    const model = create(0.01);
    const first = await train(model, { epochs: 2 }, true);
    const second = await train(model, { initialEpoch: 2, epochs: 3 }, true);
    const losses = [...first.loss, ...second.loss];
    const text = async (store: typeof csv) => new TextDecoder().decode(await store.read());
    expect(await text(csv)).toBe(`epoch,loss\n${losses.map((loss, i) => `${i},${loss}\n`).join("")}`);
    expect(
      (await text(json))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(losses.map((loss, epoch) => ({ epoch, loss })));
    await train(model, { epochs: 1 }, false);
    expect((await text(csv)).split("\n")).toHaveLength(3);
  });

  test("hand lines to a function", async () => {
    const lines: string[] = [];
    const history = await create(0.01).fit([x, y], {
      validationSplit: 0.5,
      callbacks: [csvLogger((line) => void lines.push(line))],
    });
    expect(lines.join("")).toBe(`epoch,loss,valLoss\n0,${history.loss[0]},${history.valLoss[0]}\n`);
  });
});

describe("terminateOnNaN", () => {
  const reason = async (net: nn.Layer, loss: h.LossLike, learningRate = 0.1): Promise<unknown> => {
    const ends: unknown[] = [];
    const model = h.createModel(net, { optimizer: optim.sgd({ learningRate }), loss, metrics: ["mae"] });
    await model.fit([x, y], {
      epochs: 2,
      batchSize: 2,
      callbacks: [terminateOnNaN(), { onTrainEnd: ({ stopReason }) => void ends.push(stopReason) }],
    });
    return ends[0];
  };
  class Logarithm extends nn.Module {
    forward(v: Tensor): Tensor {
      return v.mul(-1).log();
    }
  }

  test("names the layer where it appeared first", async () => {
    const net = nn.sequential([
      nn.dense({ units: 2, kernelInitializer: "ones" }),
      new Logarithm(),
      nn.dense({ units: 1 }),
    ]);
    expect(await reason(net, "meanSquaredError")).toBe(
      "the output of layers.1 was not finite at step 0 of epoch 0",
    );
  });

  test("or says that it was the loss", async () => {
    const net = nn.sequential([nn.dense({ units: 1, kernelInitializer: "ones" })]);
    expect(await reason(net, (_, p) => p.mul(-1).log())).toBe(
      "the loss was NaN at step 0 of epoch 0, with every layer's output finite",
    );
  });

  test("lets a sound training run", async () => {
    expect(await reason(nn.sequential([nn.dense({ units: 1 })]), "meanSquaredError", 0.01)).toBeUndefined();
  });
});

describe("progress", () => {
  const run: TrainingRun = {
    model: create(1),
    epochs: 2,
    samples: 100,
    steps: 10,
    stop: () => {},
  };
  const batch = (step: number) => ({
    epoch: 0,
    step,
    samples: 10,
    loss: 2,
    means: { loss: 1.5, accuracy: 0.25 },
  });

  test("writes a line per epoch where there is no terminal", async () => {
    let text = "";
    const bar = progress({ write: (s) => (text += s) });
    await bar.onEpochBegin?.(0, run);
    await bar.onBatchEnd?.([batch(0)], run);
    expect(text).toBe("");
    await bar.onEpochEnd?.(0, { loss: 1.5, accuracy: 0.25, valLoss: 2 }, run);
    expect(text).toMatch(
      /^epoch 1\/2 loss 1\.5000 accuracy 0\.2500 valLoss 2\.0000 [\d,]+ samples\/s 0:00\n$/,
    );
    await bar.onTrainEnd?.({ history: {}, stopReason: "enough", error: undefined }, run);
    expect(text).toMatch(/\nstopped: enough\n$/);
  });

  test("draws a bar over one line of a terminal", async () => {
    const parts: string[] = [];
    const bar = progress({ write: (s) => void parts.push(s), live: true, columns: 100 });
    await bar.onEpochBegin?.(0, run);
    await bar.onBatchEnd?.([batch(0), batch(1), batch(2), batch(3), batch(4)], run);
    expect(parts[0]).toMatch(
      /^\repoch 1\/2 ━{10}─{10} 5\/10 loss 1\.5000 accuracy 0\.2500 [\d,]+ samples\/s 0:00 left *$/,
    );
    expect(parts[0]).toHaveLength(100);
    await bar.onBatchEnd?.([batch(5)], run);
    expect(parts).toHaveLength(1);
    await bar.onEpochEnd?.(0, { loss: 1.5 }, run);
    expect(parts[1]).toMatch(/^\repoch 1\/2 loss 1\.5000 .* *\n$/);
  });

  test("verbose adds it", async () => {
    const stdout = process.stdout.write;
    let text = "";
    process.stdout.write = ((s: string) => (text += s)) as never;
    try {
      await create(1e-3).fit([x, y], { verbose: true });
    } finally {
      process.stdout.write = stdout;
    }
    expect(text).toContain("epoch 1/1 loss");
  });
});
