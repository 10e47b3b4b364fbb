/** A training that was interrupted and resumed is bitwise the one that was not. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Dataset } from "../../../src/data/index.ts";
import * as h from "../../../src/index.ts";
import { memory, readSafetensors } from "../../../src/io/index.ts";
import {
  type Callback,
  checkpoint,
  csvLogger,
  earlyStopping,
  reduceOnPlateau,
} from "../../../src/train/callbacks.ts";
import { DEVICES } from "../../support/devices.ts";
import { contentOf, EPOCHS, makeModel, type OptimizerName, run, STEPS } from "./program.ts";

/** Calls back before the step that has this number, over all epochs. */
const atStep = (
  number: number,
  act: (run: Parameters<NonNullable<Callback["onPause"]>>[1]) => void,
): Callback => ({
  pauseEvery: 1,
  onPause({ epoch, step }, run) {
    if (epoch * run.steps + step === number) act(run);
  },
});

/** Runs the program without a stop. */
async function uninterrupted(optimizer: OptimizerName, options: h.FitOptions = {}) {
  const model = makeModel(optimizer);
  const history = await run(model, [], options);
  return { history, content: await contentOf(model) };
}

for (const { name, start, missing } of DEVICES) {
  if (!start || name === "wasm2") continue;
  // Pipelines compile slowly without a GPU.
  describe.skipIf(missing)(name, { timeout: 180_000 }, () => {
    test.each<[string, OptimizerName, number, h.FitOptions]>([
      ["in the middle of an epoch, adam", "adam", STEPS + 2, {}],
      ["in the middle of an epoch, momentum", "momentum", 3, {}],
      ["before an epoch's last step", "adam", 2 * STEPS - 1, {}],
      ["between epochs", "adam", 2 * STEPS, {}],
      ["within a group of accumulated batches", "momentum", STEPS + 3, { accumulateSteps: 2 }],
      ["where it validates within epochs", "adam", STEPS + 4, { validateEvery: 2 }],
    ])("aborted %s", async (_, optimizer, stop, options) => {
      await start(h);
      const whole = await uninterrupted(optimizer, options);

      const store = memory();
      const model = makeModel(optimizer);
      const aborter = new AbortController();
      const abort = atStep(stop, () => aborter.abort(new Error("enough")));
      await expect(run(model, [abort], { ...options, signal: aborter.signal })).rejects.toThrow("enough");
      await model.save(store);

      const again = makeModel(optimizer, 99);
      const history = await run(again, [], { ...options, resume: store });
      expect(history).toEqual(whole.history);
      expect(await contentOf(again)).toEqual(whole.content);
    });

    test("stopped by a callback: the epoch that was cut short is not in the history", async () => {
      await start(h);
      const whole = await uninterrupted("adam");
      const store = memory();
      const model = makeModel("adam");
      const ends: unknown[] = [];
      const stop = atStep(STEPS + 3, ({ stop }) => stop("later"));
      const end: Callback = { onTrainEnd: ({ stopReason }) => void ends.push(stopReason) };
      const cut = await run(model, [stop, end]);
      expect([cut.loss.length, cut.stepLoss.length, ends, model.epochs]).toEqual([
        1,
        STEPS + 3,
        ["later"],
        1,
      ]);
      await model.save(store);

      const again = makeModel("adam", 99);
      expect(await run(again, [], { resume: store })).toEqual(whole.history);
      expect(await contentOf(again)).toEqual(whole.content);
    });
  });
}

describe("resuming", () => {
  beforeAll(async () => {
    await h.setDevice("wasm", { threads: 1 });
  });

  test("goes on in the model itself", async () => {
    const whole = await uninterrupted("momentum");
    const model = makeModel("momentum");
    const aborter = new AbortController();
    const abort = atStep(STEPS + 2, () => aborter.abort(new Error("enough")));
    await expect(run(model, [abort], { signal: aborter.signal })).rejects.toThrow("enough");
    expect(await run(model, [], { resume: true })).toEqual(whole.history);
    expect(await contentOf(model)).toEqual(whole.content);
  });

  test("starts anew while the store is empty, and trains no more when all is done", async () => {
    const whole = await uninterrupted("momentum");
    const store = memory();
    const model = makeModel("momentum");
    expect(await run(model, [checkpoint(store)], { resume: store })).toEqual(whole.history);
    const again = makeModel("momentum", 99);
    expect(await run(again, [checkpoint(store)], { resume: store })).toEqual(whole.history);
    expect(await contentOf(again)).toEqual(whole.content);
    expect(again.epochs).toBe(EPOCHS);
    // One more epoch, of a loaded model.
    const longer = await uninterrupted("momentum", { epochs: EPOCHS + 1 });
    const loaded = await h.loadModel(store);
    expect(await run(loaded as never, [], { resume: true, epochs: EPOCHS + 1 })).toEqual(longer.history);
  });

  test("from saves at any time: in callbacks that hear of results late, and beside the training", async () => {
    const whole = await uninterrupted("adam");
    const stores: ReturnType<typeof memory>[] = [];
    const model = makeModel("adam");
    const saves: Promise<void>[] = [];
    const save = (): Promise<void> => {
      stores.push(memory());
      return model.save(stores.at(-1)!);
    };
    // Samples are read ahead, while steps run.
    let read = 0;
    const watched = (data: Dataset): Dataset =>
      data.map((sample) => {
        if (++read % 5 === 0) saves.push(save());
        return sample;
      });
    await run(model, [{ onBatchEnd: save }], {}, watched);
    await Promise.all(saves);

    const positions = await Promise.all(
      stores.map(async (store) => JSON.parse(readSafetensors(await store.read()).metadata.training)),
    );
    // Steps were done whose results nobody had heard of; more than one of each kind.
    const late = stores.filter((_, i) => positions[i].results.length > 1 && positions[i].step > 1);
    const told = stores.filter((_, i) => positions[i].totals.steps > 0);
    expect(late.length).toBeGreaterThan(1);
    expect(told.length).toBeGreaterThan(0);
    for (const store of [late[0], late.at(-1)!, told[0], stores[0]]) {
      const again = makeModel("adam", 99);
      expect(await run(again, [], { resume: store })).toEqual(whole.history);
      expect(await contentOf(again)).toEqual(whole.content);
    }
  });

  test("callbacks go on from what they had: best values and weights, waiting, rates, logs, places", async () => {
    const log = memory();
    const places = new Map<number, ReturnType<typeof memory>>();
    const placeOf = (epoch: number) => {
      places.set(epoch, places.get(epoch) ?? memory());
      return places.get(epoch)!;
    };
    const callbacks = (extra: readonly Callback[], seen: number[]): Callback[] => [
      earlyStopping({ monitor: "valLoss", patience: 3, minDelta: 0.5, restoreBest: true }),
      reduceOnPlateau({ monitor: "loss", patience: 1, factor: 0.5, minDelta: 1 }),
      csvLogger(log),
      checkpoint(placeOf, { keepLast: 2 }),
      { onBatchEnd: (logs) => void seen.push(...logs.map(({ loss }) => loss)) },
      ...extra,
    ];
    const logOf = async (): Promise<string> => new TextDecoder().decode(await log.read());
    const left = async (): Promise<number[]> => {
      const held = await Promise.all([...places].map(async ([e, s]) => ((await s.exists?.()) ? [e] : [])));
      return held.flat();
    };
    const options = { epochs: 8 };
    const [wholeSeen, seen]: [number[], number[]] = [[], []];
    const ends: unknown[] = [];
    const end: Callback = { onTrainEnd: ({ stopReason }) => void ends.push(stopReason) };
    const whole = makeModel("momentum");
    const history = await run(whole, callbacks([end], wholeSeen), options);
    const expected = [await contentOf(whole), await logOf(), await left()];
    expect(history.loss.length).toBe(4);

    places.clear();
    const store = memory();
    const model = makeModel("momentum");
    const aborter = new AbortController();
    const abort = atStep(2 * STEPS + 3, () => aborter.abort(new Error("enough")));
    const saving = checkpoint(store, { everySteps: 2 });
    const first = run(model, callbacks([saving, abort], seen), { ...options, signal: aborter.signal });
    await expect(first).rejects.toThrow("enough");
    // The last save was a step before.
    seen.pop();
    const again = makeModel("momentum", 99);
    expect(await run(again, callbacks([end], seen), { ...options, resume: store })).toEqual(history);
    expect([await contentOf(again), await logOf(), await left()]).toEqual(expected);
    expect(ends[1]).toBe(ends[0]);
    expect(ends[0]).toContain("valLoss did not improve");
    expect(seen).toEqual(wholeSeen);
  });

  test("callbacks of one's own keep plain values and tensors", async () => {
    const counter = () => {
      let epochs = 0;
      let last = new Float32Array(1);
      const callback: Callback = {
        name: "counter",
        onEpochEnd(_, { loss }) {
          epochs++;
          last = Float32Array.of(loss);
        },
        state: () => ({ epochs, last: { data: last, shape: [1], dtype: "float32" } }),
        restore(state) {
          epochs = state.epochs as number;
          last = (state.last as unknown as { data: Float32Array<ArrayBuffer> }).data;
        },
      };
      return { callback, values: () => [epochs, last[0]] };
    };
    const [a, b, c] = [counter(), counter(), counter()];
    const store = memory();
    await run(makeModel("momentum"), [a.callback, b.callback, checkpoint(store)], { epochs: 1 });
    await run(makeModel("momentum"), [c.callback], { epochs: 1, resume: store });
    expect(c.values()).toEqual(a.values());
    const { metadata } = readSafetensors(await store.read());
    expect(Object.keys(JSON.parse(metadata.training).states)).toEqual(["counter", "counter 2", "checkpoint"]);
  });

  test("says what does not fit, before anything changes", async () => {
    const store = memory();
    const model = makeModel("momentum");
    const stop = atStep(2, ({ stop }) => stop("later"));
    await run(model, [stop], { accumulateSteps: 3, resume: false });
    await model.save(store);
    const other = makeModel("adam", 5);
    await expect(run(other, [], { resume: store })).rejects.toThrow(
      "[fit] resumes a training by sgd: got the optimizer adam",
    );
    const again = makeModel("momentum", 6);
    const weights = async () => [...(await again.net.parameters()[0].value.data())];
    const before = await weights();
    const refused = async (options: h.FitOptions, message: string): Promise<void> =>
      expect(run(again, [], { accumulateSteps: 3, resume: store, ...options })).rejects.toThrow(message);
    await refused({ batchSize: 4 }, "[fit] resumes in the middle of an epoch with batchSize 8: got 4");
    await refused({ shuffle: false }, "[fit] resumes in the middle of an epoch with shuffle true: got false");
    await refused({ validationData: undefined as never, validationSplit: 0.5 }, "with samples 37: got 19");
    expect(await weights()).toEqual(before);
    await refused({ accumulateSteps: 2 }, "[fit] resumes in a group of accumulateSteps 3: got 2");
    again.compile({ metrics: ["accuracy"] });
    await refused(
      {},
      "[fit] resumes a training that measured accuracy, auc, loss, stepLoss, valAccuracy, valAuc, valLoss: got accuracy, loss, stepLoss, valAccuracy, valLoss",
    );
    const bytes = (await store.read()).slice(0, -8);
    await refused({ resume: bytes }, "[safetensors] truncated");
    const broken = { ...store, read: () => Promise.reject(new Error("disk on fire")) };
    await refused({ resume: broken }, "disk on fire");
  });
});
