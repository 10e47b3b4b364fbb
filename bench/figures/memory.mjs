// Growth of memory over 500 CNN training steps after a warm-up, in a process of its own (memory-child.mjs).
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("memory-child.mjs", import.meta.url));
const MIB = 2 ** 20;

export const memory = {
  name: "memory",
  title: "growth of resident memory over 500 CNN steps",
  unit: "MiB",
  isDefault: true,
  async measure({ isQuick }) {
    const steps = isQuick ? 50 : 500;
    const child = fork(program, [String(steps)], {
      execArgv: ["--expose-gc", "--max-semi-space-size=64"],
      stdio: ["ignore", 2, 2, "ipc"],
    });
    const [report] = await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) => Promise.reject(new Error(`the steps ended with code ${code}`))),
    ]);
    child.disconnect();
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
