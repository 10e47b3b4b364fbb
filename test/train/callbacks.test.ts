/** Callbacks: early stopping, checkpoints, what the progress bar writes. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { memory, readSafetensors } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import {
  type Callback,
  checkpoint,
  earlyStopping,
  progress,
  type TrainingRun,
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
        earlyStopping({ monitor: "loss", patience: 1, restoreBest: true }),
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
      callbacks: [earlyStopping({ monitor: "loss", minDelta: 0.1, patience: 2 })],
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
