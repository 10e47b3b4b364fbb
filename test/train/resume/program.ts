/** The training that the tests of resuming interrupt: everything in it that chance, time and position have a say in. */
import { crop, type Dataset, digits, flip, pad } from "../../../src/data/index.ts";
import * as h from "../../../src/index.ts";
import { memory, readSafetensors } from "../../../src/io/index.ts";
import * as nn from "../../../src/nn/index.ts";
import * as optim from "../../../src/optim/index.ts";
import type { Callback } from "../../../src/train/callbacks.ts";

export const EPOCHS = 3;
export const STEPS = 5;

export const OPTIMIZERS = {
  adam: () =>
    optim.adam({
      learningRate: optim.cosineDecay({ learningRate: 0.02, steps: 12 }),
      amsgrad: true,
      globalClipNorm: 1,
      averageDecay: 0.9,
    }),
  momentum: () => optim.sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
};
export type OptimizerName = keyof typeof OPTIMIZERS;

/** Of a new process: nothing of an earlier model is left. */
export function makeModel(optimizer: OptimizerName, seed = 11) {
  h.setSeed(seed);
  const net = nn.sequential(
    [
      nn.gaussianNoise({ std: 0.05 }),
      nn.conv2d({ filters: 2, kernelSize: 5, strides: 4, activation: "relu" }),
      nn.batchNorm({ momentum: 0.8 }),
      nn.flatten(),
      nn.dropout({ rate: 0.3 }),
      nn.dense({ units: 10 }),
    ],
    { inputShape: [28, 28, 1] },
  );
  return h.createModel(net, {
    optimizer: OPTIMIZERS[optimizer](),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy", "auc"],
  });
}

export type Trained = ReturnType<typeof makeModel>;

/** 37 training samples: the last of 5 batches is not full. */
export async function makeData(): Promise<{ data: Dataset; held: Dataset }> {
  const { train, test } = await digits({ train: 37, test: 16 });
  return { data: train.augment([pad({ pixels: 2 }), crop({ size: 28 }), flip()]), held: test };
}

export async function run(
  model: Trained,
  callbacks: readonly Callback[],
  options: h.FitOptions = {},
  change: (data: Dataset) => Dataset = (data) => data,
): Promise<h.History<"accuracy" | "auc">> {
  const { data, held } = await makeData();
  return model.fit(change(data), {
    epochs: EPOCHS,
    batchSize: 8,
    validationData: held,
    classWeight: { 3: 2 },
    callbacks,
    ...options,
  });
}

/** All that a file of the model holds but what callbacks keep, as comparable values. */
export async function contentOf(model: Trained): Promise<Record<string, unknown>> {
  const store = memory();
  await model.save(store);
  const { tensors, metadata } = readSafetensors(await store.read());
  const { states, ...training } = JSON.parse(metadata.training);
  return {
    training,
    random: metadata.random,
    optimizer: JSON.parse(metadata.optimizer),
    ...Object.fromEntries([...tensors].map(([name, { data }]) => [name, [...data]])),
  };
}
