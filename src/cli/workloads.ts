/** What `heddle bench` runs: each workload prepares its data on the current device and returns one run of it. */
import { randomUniform } from "../tensor/create.ts";
import { jit } from "../tensor/jit.ts";
import type { Tensor } from "../tensor/tensor.ts";

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

/** One operation on two fixed tensors. */
async function binary(a: Tensor, b: Tensor, op: (a: Tensor, b: Tensor) => Tensor): Promise<Prepared> {
  await Promise.all([a.data(), b.data()]);
  const compiled = jit(op);
  return {
    async run() {
      (await compiled(a, b)).dispose();
    },
    dispose() {
      for (const end of [compiled, a, b]) end.dispose();
    },
  };
}

function matmul(size: number): Workload {
  const random = () => randomUniform([size, size], { low: -1, high: 1 });
  return {
    name: `matmul-${size}`,
    flops: 2 * size ** 3,
    prepare: () => binary(random(), random(), (a, b) => a.matmul(b)),
  };
}

/** A 3×3 convolution of one 56×56 picture, 64 channels to 64. */
const conv: Workload = {
  name: "conv-3x3",
  flops: 2 * 56 * 56 * 64 * 64 * 9,
  prepare: () =>
    binary(randomUniform([1, 56, 56, 64]), randomUniform([3, 3, 64, 64]), (x, kernel) =>
      x.conv2d(kernel, { padding: "same" }),
    ),
};

export const workloads: readonly Workload[] = [matmul(256), matmul(512), matmul(1024), conv];
