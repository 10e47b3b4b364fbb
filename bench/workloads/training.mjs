// One training step (forward, backward, Adam) on a batch of 128, with its loss read back.
import { labels, size, uniform } from "../data.mjs";
import { initialize, networks, trainingFlops, withoutDropout } from "../networks.mjs";
import { trainingLosses } from "../reference.mjs";

const batch = 128;
const checkedSteps = 3;
/** How far dropout and another batch may move the loss of untrained weights; three steps move it further. */
const UNTRAINED = 0.1;

function training({ network, probeBatch, ...described }) {
  const full = networks[network];
  return {
    ...described,
    flops: trainingFlops(initialize(full), batch),
    tolerance: 1e-3,
    async make(engine) {
      const job = await engine.train(jobOf(full, batch));
      return { job, check: () => largestError(engine, job, jobOf(withoutDropout(full), probeBatch)) };
    },
  };
}

const jobOf = (network, samples) => ({
  input: network.input,
  layers: initialize(network),
  x: uniform(3, samples * size(network.input), 0, 1),
  y: labels(4, samples, 10),
});

/**
 * Engines draw dropout from different generators, so trajectories are compared without it, on a probe beside the job
 * that is timed. That job must then still begin with untrained weights: it is neither the probe nor shares its state.
 */
async function largestError(engine, timed, probe) {
  const exact = trainingLosses(probe.layers, probe.x, probe.y, checkedSteps);
  const job = await engine.train(probe);
  let error = 0;
  for (const loss of exact) {
    const deviation = Math.abs((await job.run()) - loss) / Math.abs(loss);
    if (!(deviation <= error)) error = deviation; // NaN stays
  }
  const first = await timed.run();
  if (!(Math.abs(first - exact[0]) <= UNTRAINED * exact[0]))
    throw new Error(`the timed job begins at loss ${first}, untrained weights at ${exact[0]}`);
  return error;
}

export const mlp = training({
  network: "mlp",
  probeBatch: batch,
  name: "mlp-step",
  title: "MLP 784-512-512-10 training step, batch 128",
  engines: ["heddle", "jax", "jax-jit", "torch"],
});

export const cnn = training({
  network: "cnn",
  probeBatch: 4,
  name: "cnn-step",
  title: "CNN training step, batch 128",
  engines: ["heddle", "heddle-2", "jax", "torch"],
});
