// sum(gelu(x·w + b)), exact gelu: x [rows, 1000], one w and b per column; the sum is read back.
import { uniform } from "../data.mjs";
import { geluSum } from "../reference/samples.mjs";

const COLUMNS = 1000;
/** Of one element: multiply, add, gelu as multiply, erf (10 or so), add, two multiplications; sum. */
const FLOPS = 17;

/** Of the sum, per element: some peers add them one after the other in float32. */
const ROUNDING = 2e-9;

export function gelu(name, count) {
  const inputs = () => ({
    x: uniform(1, count),
    w: uniform(2, COLUMNS),
    b: uniform(3, COLUMNS),
    shape: [count / COLUMNS, COLUMNS],
  });
  return {
    name,
    title: `sum(gelu(x·w + b)), ${count.toExponential().replace("+", "")} elements`,
    peers: ["tfjs", "ort", "jax", "jax-jit", "ort-node", "torch"],
    flops: FLOPS * count,
    tolerance: ROUNDING * count,
    expected() {
      const { x, w, b } = inputs();
      return [geluSum(x, w, b)];
    },
    async make(engine) {
      const job = await engine.gelu(inputs());
      const value = async () => Number(await (job.result ? (await job.result())[0] : first(job)));
      return { job, check: async ([exact]) => Math.abs((await value()) - exact) / Math.abs(exact) };
    },
  };
}

const first = async (job) => {
  const values = await job.run();
  return values.length === undefined ? values : values[0];
};
