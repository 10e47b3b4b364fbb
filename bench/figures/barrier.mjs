// The cost of a barrier for four threads, which many machines have fewer cores than: a thread must not wait until others
// had their turn on a core. In a process of its own (barrier-child.mjs).
import { median } from "../statistics.mjs";
import { reportOf } from "./process.mjs";

export const THREADS = 4;
/** Kernels in a row, each behind a barrier. */
export const KERNELS = 200;

export const barrier = {
  name: "barrier",
  title: `barrier of ${THREADS} threads, median`,
  unit: "µs",
  isDefault: true,
  async measure({ isQuick }) {
    const times = await reportOf("barrier-child.mjs", [isQuick ? 20 : 200]);
    const perKernel = (milliseconds) => (1000 * milliseconds) / KERNELS;
    const sorted = times.map(([one, several]) => perKernel(several - one)).sort((a, b) => a - b);
    const value = median(sorted);
    if (value < 0.05) throw new Error("the threads did not start");
    return {
      value,
      details: {
        "kernel on one thread": `${perKernel(median(times.map(([one]) => one))).toFixed(1)} µs`,
        "a tenth of the rounds above": `${sorted[Math.floor(0.9 * sorted.length)].toFixed(1)} µs`,
      },
    };
  },
};
