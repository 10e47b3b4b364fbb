/** The networks and steps whose plans are kept as snapshots: between them they meet every choice of the compiler. */
import { type Prepared, workloads } from "../../src/cli/workloads.ts";
import * as h from "../../src/index.ts";
import { architecture } from "../../src/models/architectures.ts";
import * as nn from "../../src/nn/index.ts";
import type { Layer } from "../../src/nn/module.ts";
import * as optim from "../../src/optim/index.ts";
import { compileSteps, type StepOptions } from "../../src/train/steps.ts";

export interface Network {
  /** Of its file in `snapshots/`. */
  readonly name: string;
  readonly title: string;
  /** Makes the network and its data on the current device. */
  readonly prepare: () => Promise<Pick<Prepared, "run">>;
}

/** One that `heddle bench` measures. */
function workload(name: string, title: string): Network {
  const found = workloads.find((each) => each.name === name);
  if (!found) throw new Error(`no workload is called ${name}`);
  return { name, title, prepare: () => found.prepare() };
}

async function training(net: Layer, options: Partial<StepOptions>, x: h.Tensor, y: h.Tensor) {
  const steps = compileSteps(net, {
    optimizer: optim.adam(),
    loss: "sparseCategoricalCrossentropy",
    metrics: [],
    ...options,
  });
  await steps.ready();
  await Promise.all([x.data(), y.data()]);
  const step = steps.train();
  return { run: async () => (await step(x, y)).dispose() };
}

/** Attention and a feed-forward part, each after a layer norm and beside a shortcut (Xiong et al. 2020). */
function transformerBlock([time, features]: [number, number]): Layer {
  const x = nn.input([time, features]);
  const attention = nn.multiHeadAttention({ numHeads: 4, keyDim: 16, causal: true, dropout: 0.1 });
  const attended = nn.add().apply(x, attention.apply(nn.layerNorm().apply(x)));
  const wide = nn.dense({ units: 4 * features, activation: "gelu" }).apply(nn.layerNorm().apply(attended));
  const y = nn.add().apply(attended, nn.dense({ units: features }).apply(wide));
  return nn.graph(x, nn.dense({ units: 10 }).apply(nn.globalAvgPool1d().apply(y)));
}

const labels = (count: number) => h.randomInt([count], 0, 10);

export const networks: readonly Network[] = [
  workload("mlp-train", "MLP 784-1024-1024-10, training step at batch 128, Adam"),
  workload("cnn-train", "CNN on 28 × 28, training step at batch 128, Adam"),
  workload("resnet20-train", "ResNet-20, training step at batch 32, SGD with momentum"),
  workload("resnet18", "ResNet-18, inference at batch 1"),
  {
    name: "resnet18-b32",
    title: "ResNet-18, inference at batch 32",
    async prepare() {
      const model = h.createModel(architecture("resnet-18"));
      const x = h.randomUniform([32, 224, 224, 3]);
      return { run: async () => (await model.predict(x)).dispose() };
    },
  },
  workload("mobilenetv2", "MobileNetV2, inference at batch 1"),
  {
    name: "lstm-train",
    title:
      "Embedding, LSTM over 6 steps, dense: training step at batch 32, RMSprop, gradients clipped by norm",
    prepare: () =>
      training(
        nn.sequential(
          [nn.embedding({ inputDim: 100, outputDim: 32 }), nn.lstm({ units: 64 }), nn.dense({ units: 10 })],
          {
            inputShape: [6],
          },
        ),
        { optimizer: optim.rmsprop({ clipNorm: 1 }) },
        h.randomInt([32, 6], 0, 100),
        labels(32),
      ),
  },
  {
    name: "transformer-train",
    title:
      "Transformer block, training step at batch 8 × 32, AdamW, global norm clipped, weights averaged, accuracy",
    prepare: () =>
      training(
        transformerBlock([32, 64]),
        { optimizer: optim.adamw({ globalClipNorm: 1, averageDecay: 0.99 }), metrics: ["accuracy"] },
        h.randomUniform([8, 32, 64]),
        labels(8),
      ),
  },
  {
    name: "autoencoder-train",
    title: "Convolutional autoencoder on 28 × 28, training step at batch 64, Adam, binary cross entropy",
    async prepare() {
      const x = h.randomUniform([64, 28, 28, 1]);
      return training(architecture("conv-autoencoder"), { loss: "binaryCrossentropy" }, x, x);
    },
  },
  {
    name: "lenet-gradients",
    title: "LeNet-5, loss and gradients at batch 16 as L-BFGS asks for them, under jit",
    async prepare() {
      const net = architecture("lenet-5");
      const [x, y] = [h.randomUniform([16, 28, 28, 1]), labels(16)];
      const lossOf = (x: h.Tensor, y: h.Tensor) => h.sparseCategoricalCrossentropy(y, net.apply(x));
      const gradients = h.valueAndGrad(net, lossOf);
      const closure = h.jit((x: h.Tensor, y: h.Tensor) => {
        const [loss, found] = gradients(x, y);
        return [loss, ...found.values()];
      });
      await Promise.all([x.data(), y.data()]);
      return {
        async run() {
          for (const each of await closure(x, y)) each.dispose();
        },
      };
    },
  },
];
