// The workloads. A workload is `{ name, title, peers, flops, tolerance, expected, make }`: `expected()` gives exact
// values, computed once for all engines; `make(engine)` gives a `job`, whose `run()` does the work once, to the end, and
// whose `check(expected)` returns the error of what it computed. `peers` are those that can do it, each in its
// better form; `isDefault` marks what a run without --suite measures.
import { conv } from "./conv.mjs";
import { gelu } from "./gelu.mjs";
import { inference } from "./inference.mjs";
import { matmul } from "./matmul.mjs";
import { tinyMlp } from "./tinyMlp.mjs";
import { training } from "./training.mjs";

export const workloads = [
  matmul(256),
  matmul(512, { isDefault: true }),
  matmul(1024, { isDefault: true }),
  matmul(2048),
  conv("conv-56x56x64-64", [1, 56, 56, 64], 64, { isDefault: true }),
  conv("conv-14x14x256-256", [1, 14, 14, 256], 256),
  conv("conv-b32-28x28x1-32", [32, 28, 28, 1], 32),
  conv("conv-b32-14x14x32-64", [32, 14, 14, 32], 64),
  conv("conv-1x1-56x56x64-256", [1, 56, 56, 64], 256, { kernelSize: 1 }),
  conv("conv-dw-112x112x32", [1, 112, 112, 32], 32, { groups: 32 }),
  training("mlp-train", {
    title: "MLP 784-512-512-10 training step, batch 128, Adam",
    network: "mlp",
    peers: ["jax", "jax-jit", "torch"],
    isDefault: true,
  }),
  training("cnn-train", {
    title: "CNN training step, batch 128, Adam",
    network: "cnn",
    probeBatch: 4,
    peers: ["jax", "torch"],
    isDefault: true,
  }),
  training("resnet20-train", {
    title: "CIFAR ResNet-20 training step, batch 32, SGD with momentum",
    network: "resnet20",
    batch: 32,
    probeBatch: 4,
    untrained: 0.5,
    peers: ["jax", "torch"],
  }),
  inference("resnet18", "ResNet-18 inference, 1×224×224×3"),
  inference("mobilenetv2", "MobileNetV2 inference, 1×224×224×3"),
  gelu("gelu-1e6", 1e6),
  gelu("gelu-1e7", 1e7),
  tinyMlp,
];
