/** Validation within epochs. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import type { Callback } from "../../src/train/callbacks.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

const x = Array.from({ length: 20 }, (_, i) => [i / 20]);
const y = x.map(([v]) => [2 * v]);
const held: [number[][], number[][]] = [
  [[0.3], [0.7]],
  [[0.6], [1.4]],
];

const create = () => {
  h.setSeed(1);
  return h.createModel(nn.sequential([nn.dense({ units: 1 })], { inputShape: [1] }), {
    optimizer: optim.sgd({ learningRate: 0.3 }),
    loss: "meanSquaredError",
    metrics: ["mae"],
  });
};

describe("validateEvery", () => {
  test("validates after every so many steps of the training, and tells callbacks and history", async () => {
    const model = create();
    const seen: unknown[] = [];
    const evaluated: number[] = [];
    const look: Callback = {
      async onValidation({ epoch, step }, logs, run) {
        seen.push([epoch, step, logs.valLoss, logs.valMae]);
        // The weights of this very step.
        evaluated.push((await model.evaluate(held)).loss);
        expect(run.steps).toBe(5);
      },
    };
    const history = await model.fit([x, y], {
      epochs: 3,
      batchSize: 4,
      validationData: held,
      validateEvery: 3,
      callbacks: [look],
    });
    // After steps 3, 6, 9, 12 and 15 of 15; the last is the end of an epoch.
    const { stepValLoss = [], stepValMae = [] } = history;
    expect(seen).toEqual(
      [
        [0, 3],
        [1, 1],
        [1, 4],
        [2, 2],
        [2, 5],
      ].map((at, i) => [...at, stepValLoss[i], stepValMae[i]]),
    );
    expect(stepValLoss).toEqual(evaluated);
    expect(stepValLoss[4]).toBe(history.valLoss[2]);
    expect(history.valLoss).toHaveLength(3);
    const plain = await create().fit([x, y], { epochs: 3, batchSize: 4, validationData: held });
    expect(history).toEqual({ ...plain, stepValLoss, stepValMae });
  });

  test("may stop the training; an abort cuts it short, and resuming makes up for it", async () => {
    const options = { epochs: 2, batchSize: 4, validationData: held, validateEvery: 2 };
    const whole = await create().fit([x, y], options);
    const model = create();
    const stop: Callback = { onValidation: ({ step }, _, run) => void (step === 4 && run.stop("good")) };
    expect((await model.fit([x, y], { ...options, callbacks: [stop] })).stepLoss).toHaveLength(4);
    const aborter = new AbortController();
    // Before the validation at step 6, which looks at the signal.
    const abort: Callback = {
      onEpochBegin: (epoch) => void (epoch === 1 && setTimeout(() => aborter.abort(new Error("off")), 0)),
    };
    const resumed = { ...options, resume: true, signal: aborter.signal, callbacks: [abort] };
    await model.fit([x, y], resumed).catch((error) => expect(String(error)).toContain("off"));
    expect(await model.fit([x, y], { ...options, resume: true })).toEqual(whole);
  });

  test("an abort between an epoch's last step and its end, and resuming, validate once there", async () => {
    const options = { epochs: 2, batchSize: 4, validationData: held, validateEvery: 2 };
    const whole = await create().fit([x, y], options);
    const model = create();
    const aborter = new AbortController();
    const abort: Callback = {
      onBatchEnd(logs, run) {
        if (logs.some(({ epoch, step }) => epoch === 1 && step === run.steps - 1))
          aborter.abort(new Error("off"));
      },
    };
    const aborted = model.fit([x, y], { ...options, signal: aborter.signal, callbacks: [abort] });
    await expect(aborted).rejects.toThrow("off");
    expect(await model.fit([x, y], { ...options, resume: true })).toEqual(whole);
  });

  test("needs validation data, and a positive integer", async () => {
    await expect(create().fit([x, y], { validateEvery: 2 })).rejects.toThrow(
      "[fit] validateEvery needs validationData or validationSplit",
    );
    await expect(create().fit([x, y], { validateEvery: 0.5, validationSplit: 0.5 })).rejects.toThrow(
      "[fit] validateEvery must be a positive integer: got 0.5",
    );
  });
});
