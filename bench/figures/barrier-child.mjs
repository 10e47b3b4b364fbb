// The process of barrier.mjs: a chain of tiny kernels of two chunks each, with a barrier behind each, on one thread and
// on several. The difference is the cost of the barriers.
import { performance } from "node:perf_hooks";
import { configure, jit, setDevice, zeros } from "../../dist/node/index.js";
import { KERNELS, THREADS } from "./barrier.mjs";

const rounds = Number(process.argv[2]);

/** A call that computes the chain on so many threads. */
async function chain(threads) {
  await setDevice("wasm", { threads });
  const x = zeros([2, 4]);
  const compiled = jit((x) => {
    let y = x;
    for (let i = 0; i < KERNELS; i++) y = y.cumsum(1);
    return y;
  });
  const call = async () => {
    const y = await compiled(x);
    await y.data();
    y.dispose();
  };
  // Until the workers have checked in.
  const deadline = performance.now() + 2000;
  while (performance.now() < deadline) {
    await call();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return async () => {
    await setDevice("wasm", { threads });
    const start = performance.now();
    await call();
    return performance.now() - start;
  };
}

// Small pieces: two chunks of four elements; all threads, however little there is to do.
configure({ kernels: { pieces: "small", threads: "all" } });
const [one, several] = [await chain(1), await chain(THREADS)];
const times = [];
for (let i = 0; i < rounds; i++) times.push([await one(), await several()]);
process.send(times);
process.once("disconnect", () => process.exit());
