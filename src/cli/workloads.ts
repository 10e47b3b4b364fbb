/** What `heddle bench` runs: each workload prepares its data on the current device and returns one run of it. */
import { type ArchitectureName, architecture, inspectArchitecture } from "../models/architectures.ts";
import { adam } from "../optim/adam.ts";
import { randomInt, randomUniform } from "../tensor/create.ts";
import { jit } from "../tensor/jit.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { compileSteps } from "../train/steps.ts";

export interface Workload {
  readonly name: string;
  /** Of one run: 2 × multiply-adds. */
  readonly flops: number;
  prepare(): Promise<Prepared>;
}

export interface Prepared {
  run(): Promise<void>;
  dispose(): void;
}

const BATCH = 128;

/** Runs a compiled function on two fixed tensors. */
async function prepared(
  compiled: (a: Tensor, b: Tensor) => Promise<Tensor>,
  a: Tensor,
  b: Tensor,
  end: { dispose(): void },
): Promise<Prepared> {
  await Promise.all([a.data(), b.data()]);
  return {
    async run() {
      (await compiled(a, b)).dispose();
    },
    dispose() {
      for (const each of [end, a, b]) each.dispose();
    },
  };
}

function matmul(size: number): Workload {
  return {
    name: `matmul-${size}`,
    flops: 2 * size ** 3,
    async prepare() {
      const product = jit((a: Tensor, b: Tensor) => a.matmul(b));
      return prepared(product, randomUniform([size, size]), randomUniform([size, size]), product);
    },
  };
}

/** A 3×3 convolution of one 56×56 picture, 64 channels to 64. */
const conv: Workload = {
  name: "conv-3x3",
  flops: 2 * 56 * 56 * 64 * 64 * 9,
  async prepare() {
    const convolved = jit((x: Tensor, kernel: Tensor) => x.conv2d(kernel, { padding: "same" }));
    return prepared(convolved, randomUniform([1, 56, 56, 64]), randomUniform([3, 3, 64, 64]), convolved);
  },
};

/** Forward, backward and Adam on a batch of 128. */
function trainingStep(name: ArchitectureName): Workload {
  return {
    name: `train-${name}`,
    flops: BATCH * trainingFlops(name),
    async prepare() {
      const loss = "sparseCategoricalCrossentropy";
      const steps = compileSteps(architecture(name), { optimizer: adam(), loss, metrics: [] });
      await steps.ready();
      return prepared(steps.train, randomUniform([BATCH, 28, 28, 1]), randomInt([BATCH], 0, 10), steps);
    },
  };
}

/** Two gradients per contraction, each as dear as the forward pass; the first layer's input needs none. */
function trainingFlops(name: ArchitectureName): number {
  const { flops, layers } = inspectArchitecture(name);
  const first = layers.find((layer) => layer.flops > 0)?.flops ?? 0;
  return 3 * flops - first;
}

export const workloads: readonly Workload[] = [
  matmul(256),
  matmul(512),
  matmul(1024),
  conv,
  trainingStep("wide-mlp"),
  trainingStep("cnn"),
];
