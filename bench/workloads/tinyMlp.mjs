// A tiny MLP at batch 1, from a Float32Array to a Float32Array: what one answer costs beyond its arithmetic.
import { size, uniform } from "../data.mjs";
import { networks } from "../networks/index.mjs";
import { forwardFlops, initialize } from "../networks/layers.mjs";
import { output } from "../reference/network.mjs";
import { largestError } from "../reference/samples.mjs";

const network = networks.tiny;
/** Calls in one run. */
const CALLS = 1000;

const inputs = () => ({
  input: network.input,
  layers: initialize(network),
  x: uniform(3, size(network.input)),
  calls: CALLS,
});

/** `engine.respond` gives a function from values to values, or a job that makes the calls by itself. */
function jobOf(respond, x) {
  if (typeof respond !== "function") {
    const job = {
      milliseconds: 0,
      async run() {
        await respond.run();
        job.milliseconds = respond.milliseconds / CALLS;
      },
      result: respond.result,
    };
    return job;
  }
  const job = {
    milliseconds: 0,
    async run() {
      const begin = performance.now();
      for (let i = 0; i < CALLS; i++) {
        const y = respond(x);
        if (y instanceof Promise) await y;
      }
      job.milliseconds = (performance.now() - begin) / CALLS;
    },
    result: async () => respond(x),
  };
  return job;
}

export const tinyMlp = {
  name: "tiny-mlp",
  title: "MLP 64-64-10 on one sample, Float32Array to Float32Array",
  peers: ["tfjs", "ort", "jax", "jax-jit", "ort-node", "torch"],
  flops: forwardFlops(initialize(network)),
  tolerance: 1e-5,
  expected: () => output(initialize(network), inputs().x),
  async make(engine) {
    const job = jobOf(await engine.respond(inputs()), inputs().x);
    return { job, check: async (exact) => largestError(await job.result(), exact) };
  },
};
