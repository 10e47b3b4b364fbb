/** What `heddle bench` runs: each workload prepares its data on the current device and returns one run of it. */
import { sizeOf } from "../base/shape.ts";
import { type ArchitectureName, architecture, inspectArchitecture } from "../models/architectures.ts";
import { dense } from "../nn/dense.ts";
import { sequential } from "../nn/sequential.ts";
import { adam } from "../optim/adam.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { sgd } from "../optim/sgd.ts";
import { currentDevice } from "../runtime/devices.ts";
import { randomInt, randomUniform, tensor } from "../tensor/create.ts";
import { jit } from "../tensor/jit.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { createModel } from "../train/model.ts";
import { compileSteps } from "../train/steps.ts";

export interface Workload {
  readonly name: string;
  /** Of one run: 2 × multiply-adds. */
  readonly flops: number;
  /** Whether a run without `--suite` measures it too. */
  readonly isCommon: boolean;
  prepare(): Promise<Prepared>;
}

export interface Prepared {
  run(): Promise<void>;
  dispose(): void;
}

/** Runs a function on fixed tensors; `owned` go with them. */
async function prepared(
  compute: (...args: Tensor[]) => Promise<Tensor>,
  args: readonly Tensor[],
  ...owned: readonly { dispose(): void }[]
): Promise<Prepared> {
  await Promise.all(args.map((arg) => arg.data()));
  return {
    async run() {
      (await compute(...args)).dispose();
    },
    dispose() {
      for (const each of [...owned, ...args]) each.dispose();
    },
  };
}

function matmul(size: number, isCommon = true): Workload {
  return {
    name: `matmul-${size}`,
    flops: 2 * size ** 3,
    isCommon,
    async prepare() {
      const product = jit((a: Tensor, b: Tensor) => a.matmul(b));
      return prepared(product, [randomUniform([size, size]), randomUniform([size, size])], product);
    },
  };
}

/** Images [n, h, w, c] with same padding and stride 1. The kernel is captured, as a layer's is. */
function conv(
  name: string,
  shape: readonly number[],
  filters: number,
  { kernelSize = 3, groups = 1, isCommon = false } = {},
): Workload {
  const kernelShape = [kernelSize, kernelSize, shape[3] / groups, filters];
  return {
    name,
    flops: 2 * sizeOf(shape.slice(0, 3)) * sizeOf(kernelShape),
    isCommon,
    async prepare() {
      const kernel = randomUniform(kernelShape);
      await kernel.data();
      const convolved = jit((x: Tensor) => x.conv2d(kernel, { padding: "same", groups }));
      return prepared(convolved, [randomUniform(shape)], convolved, kernel);
    },
  };
}

interface Training {
  readonly network: ArchitectureName;
  readonly input: readonly number[];
  readonly batch: number;
  readonly optimizer: () => Optimizer;
  readonly isCommon?: boolean;
}

/** Forward, backward and update. */
function training(name: string, { network, input, batch, optimizer, isCommon = false }: Training): Workload {
  return {
    name,
    flops: batch * trainingFlops(network),
    isCommon,
    async prepare() {
      const loss = "sparseCategoricalCrossentropy";
      const steps = compileSteps(architecture(network), { optimizer: optimizer(), loss, metrics: [] });
      await steps.ready();
      const train = steps.train();
      return prepared(train, [randomUniform([batch, ...input]), randomInt([batch], 0, 10)], steps);
    },
  };
}

/** Two gradients per contraction, each as dear as the forward pass; the first layer's input needs none. */
function trainingFlops(name: ArchitectureName): number {
  const { flops, layers } = inspectArchitecture(name);
  const first = layers.find((layer) => layer.flops > 0)?.flops ?? 0;
  return 3 * flops - first;
}

/** A network on one image in evaluation mode. */
function inference(name: string, network: ArchitectureName): Workload {
  return {
    name,
    flops: inspectArchitecture(network).flops,
    isCommon: false,
    async prepare() {
      const model = createModel(architecture(network));
      return prepared((x) => model.predict(x), [randomUniform([1, 224, 224, 3])], model);
    },
  };
}

/** sum(gelu(x·w + b)); x [rows, 1000], one w and b per column. Counted as 17 operations an element. */
function gelu(name: string, count: number): Workload {
  const columns = 1000;
  return {
    name,
    flops: 17 * count,
    isCommon: false,
    async prepare() {
      const chain = jit((x: Tensor, w: Tensor, b: Tensor) => x.mul(w).add(b).gelu().sum());
      const shapes = [[count / columns, columns], [columns], [columns]];
      return prepared(
        chain,
        shapes.map((shape) => randomUniform(shape)),
        chain,
      );
    },
  };
}

/** An MLP 64-64-10 on one sample, from a Float32Array to a Float32Array; at once where the device can. */
const tinyMlp: Workload = {
  name: "tiny-mlp",
  flops: 2 * (64 * 64 + 64 * 10),
  isCommon: false,
  async prepare() {
    const layers = [dense({ units: 64, activation: "relu" }), dense({ units: 10 })];
    const model = createModel(sequential(layers, { inputShape: [64] }));
    const values = new Float32Array(64).fill(0.5);
    const isSynchronous = currentDevice().kind === "wasm";
    const answer = async (): Promise<void> => {
      const x = tensor(values, { shape: [1, 64] });
      const y = isSynchronous ? model.predictSync(x) : await model.predict(x);
      if (isSynchronous) y.dataSync();
      else await y.data();
      x.dispose();
      y.dispose();
    };
    const first = tensor(values, { shape: [1, 64] });
    (await model.predict(first)).dispose();
    first.dispose();
    return { run: answer, dispose: () => model.dispose() };
  },
};

export const workloads: readonly Workload[] = [
  matmul(256),
  matmul(512),
  matmul(1024),
  matmul(2048, false),
  conv("conv-56x56x64-64", [1, 56, 56, 64], 64, { isCommon: true }),
  conv("conv-14x14x256-256", [1, 14, 14, 256], 256),
  conv("conv-b32-28x28x1-32", [32, 28, 28, 1], 32),
  conv("conv-b32-14x14x32-64", [32, 14, 14, 32], 64),
  conv("conv-1x1-56x56x64-256", [1, 56, 56, 64], 256, { kernelSize: 1 }),
  conv("conv-dw-112x112x32", [1, 112, 112, 32], 32, { groups: 32 }),
  training("mlp-train", {
    network: "wide-mlp",
    input: [28, 28, 1],
    batch: 128,
    optimizer: adam,
    isCommon: true,
  }),
  training("cnn-train", { network: "cnn", input: [28, 28, 1], batch: 128, optimizer: adam, isCommon: true }),
  training("resnet20-train", {
    network: "resnet-20",
    input: [32, 32, 3],
    batch: 32,
    optimizer: () => sgd({ learningRate: 0.01, momentum: 0.9 }),
  }),
  inference("resnet18", "resnet-18"),
  inference("mobilenetv2", "mobilenet-v2"),
  gelu("gelu-1e6", 1e6),
  gelu("gelu-1e7", 1e7),
  tinyMlp,
];
