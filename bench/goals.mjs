// The goals. A figure within 3% of its goal counts as met: the noise of a shared machine is of that size.
import { engines, isOnNewest, onNewest } from "./engines.mjs";
import { hasFastBlas } from "./peers/torch.mjs";
import { MARGIN, median, speedup } from "./statistics.mjs";

/** The two ways to measure: plain SIMD on this Node, relaxed SIMD on the newest. */
const variants = [
  { label: "plain", ours: "heddle-plain", two: "heddle-plain-2", isPeer: (name) => !isOnNewest(name) },
  { label: "relaxed", ours: onNewest("heddle"), two: onNewest("heddle-2"), isPeer: isOnNewest },
];

const isWasmPeer = (name) => !engines[name].isOurs && !engines[name].isNative;

/** How many times faster than the fastest of `peers`, or of all other wasm engines. */
const overPeers =
  (workload, { ours, isPeer }, peers) =>
  (results) => {
    const found = results.workloads[workload] ?? {};
    const isMeant = (name) => !peers || peers.some((peer) => name === peer || name === onNewest(peer));
    const ratios = Object.keys(found)
      .filter((name) => isWasmPeer(name) && isPeer(name) && isMeant(name))
      .map((name) => speedup(found[ours], found[name]))
      .filter((ratio) => ratio !== undefined);
    return ratios.length > 0 ? Math.min(...ratios) : undefined;
  };

const between = (workload, a, b) => (results) => {
  const found = results.workloads[workload] ?? {};
  return speedup(found[a], found[b]);
};

/** Products of the reference BLAS, which PyTorch may be linked to, are no yardstick. */
const overTorch = (workload, { ours }) => {
  const value = between(workload, ours, "torch");
  return (results) => (hasFastBlas(results.workloads[workload]?.torch) ? value(results) : undefined);
};

const microseconds =
  (workload, { ours }) =>
  (results) => {
    const { rounds = [], failure } = results.workloads[workload]?.[ours] ?? {};
    return failure || rounds.length === 0 ? undefined : 1000 * median(rounds);
  };

const figure =
  (name, field = "value") =>
  (results) =>
    results.figures[name]?.[field];

/** Heddle's time from the start of a process over that of a peer. */
const startOver =
  (peer) =>
  ({ figures: { start } }) =>
    start?.peers?.find(({ name }) => name.startsWith(peer))?.ratio;

const epochOverTorch = ({ figures: { epoch } }) => (hasFastBlas(epoch) ? epoch.value : undefined);

/** Rows of `[workloads, over wasm peers, over PyTorch, peers]`; a pair is for plain and for relaxed SIMD. */
const table = [
  [
    ["matmul-256", "matmul-512", "matmul-1024", "matmul-2048"],
    [1.35, 1.6],
    [0.4, 0.48],
  ],
  [
    ["conv-56x56x64-64", "conv-b32-14x14x32-64"],
    [2, 2.3],
    [0.55, 0.65],
  ],
  [["conv-14x14x256-256"], [1.4, 1.6], [0.36, 0.43]],
  [["conv-b32-28x28x1-32"], 1.5, 0.4],
  [["conv-1x1-56x56x64-256"], [1.35, 1.6], [0.38, 0.47]],
  [["conv-dw-112x112x32"], 1.8, 0.4],
  [["mlp-train"], [1.6, 2], [0.42, 0.5], ["jax", "jax-jit"]],
  [["cnn-train"], 45, [0.36, 0.42], ["jax"]],
  [["resnet20-train"], 35, [0.33, 0.38], ["jax"]],
  [["resnet18"], 1.6, 0.45],
  [["mobilenetv2"], 1.4, 0.5],
  [["gelu-1e6", "gelu-1e7"], [1.2, 1.5], 0.9, ["ort"]],
  [["tiny-mlp"], 1.2],
];

const ofVariant = (goal, variant) => (Array.isArray(goal) ? goal[variants.indexOf(variant)] : goal);

const workloadGoals = table.flatMap(([names, wasm, torch, peers]) =>
  names.flatMap((name) =>
    variants.flatMap((variant) => [
      {
        goal: `${name}, ${variant.label}, over ${peers?.join(", ") ?? "the best wasm peer"}`,
        least: ofVariant(wasm, variant),
        value: overPeers(name, variant, peers),
      },
      ...(torch
        ? [
            {
              goal: `${name}, ${variant.label}, over PyTorch`,
              least: ofVariant(torch, variant),
              value: overTorch(name, variant),
            },
          ]
        : []),
    ]),
  ),
);

const goals = [
  ...workloadGoals,
  ...variants.flatMap((variant) => [
    {
      goal: `tiny-mlp, ${variant.label}, latency`,
      most: 8,
      unit: "µs",
      value: microseconds("tiny-mlp", variant),
    },
    ...["cnn-train", "resnet18"].map((name) => ({
      goal: `${name}, ${variant.label}, two threads over one`,
      least: 1.8,
      value: between(name, variant.two, variant.ours),
    })),
  ]),
  { goal: "process start to first matmul result", most: 200, unit: "ms", value: figure("start") },
  { goal: "process start to first matmul result over jax-js", most: 0.95, value: startOver("jax-js") },
  { goal: "download to train the MLP on wasm", most: 80, unit: "kB", value: figure("size") },
  { goal: "memory growth over 500 CNN steps", most: 5, unit: "MiB", value: figure("memory") },
  {
    goal: "wasm heap growth over 500 CNN steps",
    most: 0,
    unit: "MiB",
    value: figure("memory", "wasmHeap"),
  },
  { goal: "one CNN epoch over PyTorch's, two threads", most: 2.5, value: epochOverTorch },
  { goal: "peak wasm heap, CNN step", most: 1.3, value: figure("peak-cnn") },
  { goal: "peak wasm heap, ResNet-18 inference", most: 1.3, value: figure("peak-resnet18") },
  { goal: "barrier of four threads", most: 100, unit: "µs", value: figure("barrier") },
];

/** Every goal with its value, where measured, and whether it is met. */
export const judge = (results) =>
  goals.map(({ value, ...goal }) => {
    const got = value(results);
    if (got === undefined) return { ...goal, verdict: "not measured" };
    const isMet =
      goal.least === undefined ? got <= goal.most * (1 + MARGIN) : got >= goal.least * (1 - MARGIN);
    return { ...goal, got, verdict: isMet ? "met" : "not met" };
  });
