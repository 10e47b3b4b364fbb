// Growth of memory over 500 CNN training steps after a warm-up, in a process of its own (memory-child.mjs).
import { reportOf } from "./process.mjs";

const MIB = 2 ** 20;

export const memory = {
  name: "memory",
  title: "growth of resident memory over 500 CNN steps",
  unit: "MiB",
  isDefault: true,
  async measure({ isQuick }) {
    const steps = isQuick ? 50 : 500;
    const execArgv = ["--expose-gc", "--max-semi-space-size=64"];
    const report = await reportOf("memory-child.mjs", [steps], execArgv);
    const mib = (bytes) => `${(bytes / MIB).toFixed(2)} MiB`;
    return {
      value: report.rss / MIB,
      wasmHeap: report.reserved / MIB,
      details: {
        steps: String(steps),
        "JavaScript heap": mib(report.heap),
        "wasm heap in use": mib(report.live),
        "wasm heap held": mib(report.reserved),
        "JavaScript allocation per step": `${(report.perStep / 1024).toFixed(1)} KiB`,
      },
    };
  },
};
