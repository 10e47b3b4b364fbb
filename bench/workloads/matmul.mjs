// The product of two n × n matrices, read back.
import { uniform } from "../data.mjs";
import { largestError, matmulAt, sampled } from "../reference/samples.mjs";

export function matmul(n, options = {}) {
  const inputs = () => ({ a: uniform(1, n * n), b: uniform(2, n * n), n });
  return {
    name: `matmul-${n}`,
    title: `matmul ${n} × ${n} × ${n}`,
    peers: ["tfjs", "ort", "jax", "ort-node", "torch"],
    flops: 2 * n ** 3,
    tolerance: 1e-5,
    ...options,
    expected() {
      const { a, b } = inputs();
      return sampled(n * n, matmulAt(a, b, n));
    },
    async make(engine) {
      const job = await engine.matmul(inputs());
      return { job, check: async (exact) => largestError(await (job.result ?? job.run)(), exact) };
    },
  };
}
