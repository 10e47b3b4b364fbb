/** Features of `fit` together: each does what it does alone, and an interrupted training ends as one that was not. */
import { beforeAll, describe, expect, test } from "vitest";
import * as h from "../../src/index.ts";
import { memory, readSafetensors } from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import { type Callback, checkpoint, progress, terminateOnNaN } from "../../src/train/callbacks.ts";

beforeAll(async () => {
  await h.setDevice("wasm", { threads: 1 });
});

/** 22 samples in 3 classes: batches of 4 make 6 steps, the last of 2 samples. */
const SAMPLES = 22;
const STEPS = 6;
const x = Array.from({ length: SAMPLES }, (_, i) => [0, 1, 2, 3].map((j) => Math.sin(i * 4 + j) + (i % 3)));
const y = x.map((_, i) => i % 3);
const sampleWeights = x.map((_, i) => 1 + (i % 2));
const held: [number[][], number[]] = [x.slice(0, 5), y.slice(0, 5)];

const create = (seed = 3) => {
  h.setSeed(seed);
  const layers = [
    nn.dense({ units: 8, activation: "tanh" }),
    nn.dropout({ rate: 0.2 }),
    nn.dense({ units: 3 }),
  ];
  return h.createModel(nn.sequential(layers, { inputShape: [4] }), {
    optimizer: optim.adam({ learningRate: 0.02 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
};
type Created = ReturnType<typeof create>;

const options: h.FitOptions = { epochs: 2, batchSize: 4, validationData: held };

/** Weights, optimizer, random state and position: all but the states of callbacks. */
const contentOf = async (model: Created): Promise<Record<string, unknown>> => {
  const store = memory();
  await model.save(store);
  const { tensors, metadata } = readSafetensors(await store.read());
  const { states, ...training } = JSON.parse(metadata.training);
  const values = [...tensors].map(([name, { data }]) => [name, [...data]]);
  return { training, random: metadata.random, optimizer: metadata.optimizer, ...Object.fromEntries(values) };
};

/** Trains with weights of samples, and with a progress bar that writes to nowhere. */
const trainWith = (model: Created, { callbacks = [], ...features }: h.FitOptions) =>
  model.fit([x, y, sampleWeights], {
    ...options,
    ...features,
    callbacks: [progress({ write: () => {} }), ...callbacks],
  });

const outcome = async (features: h.FitOptions) => {
  const model = create();
  return { history: await trainWith(model, features), content: await contentOf(model) };
};

/** Aborts before the step with this number, counted over all epochs. */
const abortAt = (number: number, aborter: AbortController): Callback => ({
  pauseEvery: 1,
  onPause({ epoch, step }, run) {
    if (epoch * run.steps + step === number) aborter.abort(new Error("enough"));
  },
});

/** The outcome of a training that is aborted at a step, and goes on in another model. */
const resumedOutcome = async (features: () => h.FitOptions, step: number) => {
  const store = memory();
  const model = create();
  const aborter = new AbortController();
  const { callbacks = [], ...others } = features();
  const aborted = { ...others, callbacks: [...callbacks, abortAt(step, aborter)], signal: aborter.signal };
  await expect(trainWith(model, aborted)).rejects.toThrow("enough");
  await model.save(store);
  const again = create(99);
  const history = await trainWith(again, { ...features(), resume: store });
  return { history, content: await contentOf(again) };
};

const FEATURES: Record<string, h.FitOptions> = {
  accumulateSteps: { accumulateSteps: 4 },
  classWeight: { classWeight: { 1: 3 } },
  validateEvery: { validateEvery: 5 },
  watchesLayers: { callbacks: [terminateOnNaN()] },
};
const ALL: h.FitOptions = Object.assign({}, ...Object.values(FEATURES));

/** Every subset of the features by their names. */
const combinations = Object.keys(FEATURES).reduce<string[][]>(
  (all, name) => all.flatMap((names) => [names, [...names, name]]),
  [[]],
);

describe("all features at once", () => {
  const all = (): h.FitOptions => ({ ...ALL, callbacks: [terminateOnNaN(), checkpoint(memory())] });

  test("watching, validating, workers, a bar and checkpoints change nothing, bit by bit", async () => {
    const { accumulateSteps, classWeight } = ALL;
    const plain = await outcome({ accumulateSteps, classWeight });
    const model = create();
    const stdout = process.stdout.write;
    process.stdout.write = (() => true) as never;
    let history: h.History<"accuracy">;
    try {
      history = await trainWith(model, { ...all(), workers: 1, verbose: true });
    } finally {
      process.stdout.write = stdout;
    }
    const { stepValLoss, stepValAccuracy, ...common } = history;
    expect(common).toEqual(plain.history);
    expect([stepValLoss?.length, stepValAccuracy?.length]).toEqual([2, 2]);
    const { training, ...content } = await contentOf(model);
    const { training: _, ...expected } = plain.content;
    expect(content).toEqual(expected);
  });

  test("weights of classes are weights of their samples, bit by bit", async () => {
    const { classWeight, ...others } = all();
    const weights = sampleWeights.map((w, i) => w * (y[i] === 1 ? 3 : 1));
    const model = create();
    const history = await model.fit([x, y, weights], { ...options, ...others });
    expect(history).toEqual((await outcome({ ...others, classWeight })).history);
  });

  test("a group of batches updates as one batch of its samples", async () => {
    // Without dropout, whose masks are drawn per batch.
    const model = () =>
      h.createModel(nn.sequential([nn.dense({ units: 3 })], { inputShape: [4], seed: 1 }), {
        optimizer: optim.adam({ learningRate: 0.02 }),
        loss: "sparseCategoricalCrossentropy",
      });
    const weightsOf = async (trained: h.Model) =>
      (await Promise.all(trained.net.parameters().map((p) => p.value.data()))).flatMap((v) => [...v]);
    const { accumulateSteps, validateEvery, ...others } = all();
    const [groups, large] = [model(), model()];
    const data: [number[][], number[], number[]] = [x, y, sampleWeights];
    const fixed = { ...options, ...others, shuffle: false };
    await groups.fit(data, { ...fixed, accumulateSteps, validateEvery });
    await large.fit(data, { ...fixed, batchSize: 16 });
    const expected = await weightsOf(large);
    for (const [i, value] of (await weightsOf(groups)).entries()) expect(value).toBeCloseTo(expected[i], 5);
  });

  test("resumed after any step, it ends as without a stop, bit by bit", async () => {
    const whole = await outcome(all());
    for (let step = 1; step < 2 * STEPS; step++) {
      expect(await resumedOutcome(all, step), `stopped at ${step}`).toEqual(whole);
    }
  });
});

describe("every combination of features", () => {
  test.each(combinations.map((names) => [names.join(", ") || "none", names] as const))(
    "%s: resumed within an epoch, it ends as without a stop, bit by bit",
    async (_, names) => {
      const features = (): h.FitOptions => Object.assign({}, ...names.map((name) => FEATURES[name]));
      // Within a group of batches, behind a validation.
      const step = STEPS + 5;
      expect(await resumedOutcome(features, step)).toEqual(await outcome(features()));
    },
  );
});
