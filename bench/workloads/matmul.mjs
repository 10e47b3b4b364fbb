// The product of two n × n matrices, read back.
import { uniform } from "../data.mjs";
import { matmulAt, sampledError } from "../reference.mjs";

export const matmul = (n) => ({
  name: `matmul-${n}`,
  title: `matmul ${n} × ${n} × ${n}`,
  engines: ["heddle", "tfjs", "ort", "jax", "torch"],
  flops: 2 * n ** 3,
  tolerance: 1e-5,
  async make(engine) {
    const [a, b] = [uniform(1, n * n), uniform(2, n * n)];
    const job = await engine.matmul({ a, b, n });
    return { job, check: async () => sampledError(await (job.result ?? job.run)(), matmulAt(a, b, n)) };
  },
});
