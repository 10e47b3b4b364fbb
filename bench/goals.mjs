// What must hold. A figure within 3% of its goal counts as met: the noise of a shared machine is of that size.
import { speedup } from "./rounds.mjs";

const MARGIN = 0.03;

const fastest = (workload, ours, peers) => (results) => {
  const found = results.workloads[workload] ?? {};
  const ratios = peers
    .map((peer) => speedup(found[ours], found[peer]))
    .filter((ratio) => ratio !== undefined);
  return ratios.length > 0 ? Math.min(...ratios) : undefined;
};
const figure = (name) => (results) => results.figures[name]?.value;

const goals = [
  { goal: "matmul 512³ over TensorFlow.js", least: 1.3, value: fastest("matmul-512", "heddle", ["tfjs"]) },
  { goal: "matmul 1024³ over TensorFlow.js", least: 1.3, value: fastest("matmul-1024", "heddle", ["tfjs"]) },
  { goal: "conv 3×3 over TensorFlow.js", least: 1.3, value: fastest("conv-3x3", "heddle", ["tfjs"]) },
  {
    goal: "MLP step over jax-js (its faster way)",
    least: 1.3,
    value: fastest("mlp-step", "heddle", ["jax", "jax-jit"]),
  },
  { goal: "CNN step over jax-js", least: 25, value: fastest("cnn-step", "heddle", ["jax"]) },
  { goal: "CNN step, two threads over one", least: 1.6, value: fastest("cnn-step", "heddle-2", ["heddle"]) },
  { goal: "process start to first matmul result", most: 200, unit: "ms", value: figure("start") },
  { goal: "download to train the MLP on wasm", most: 80, unit: "kB", value: figure("size") },
  { goal: "memory growth over 500 CNN steps", most: 5, unit: "MiB", value: figure("memory") },
  {
    goal: "wasm heap growth over 500 CNN steps",
    most: 0,
    unit: "MiB",
    value: (results) => results.figures.memory?.wasmHeap,
  },
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
