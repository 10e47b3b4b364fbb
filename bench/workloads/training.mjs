// One training step (forward, backward, update) on a batch, with its loss read back.
import { labels, size, uniform } from "../data.mjs";
import { networks } from "../networks/index.mjs";
import { initialize, trainingFlops, withoutDropout } from "../networks/layers.mjs";
import { trainingLosses } from "../reference/network.mjs";

const checkedSteps = 3;

const jobOf = ({ input, layers, optimizer }, samples) => ({
  input,
  layers: initialize({ input, layers }),
  x: uniform(3, samples * size(input), 0, 1),
  y: labels(4, samples, 10),
  optimizer,
});

/**
 * Engines draw dropout from different generators, so trajectories are compared without it, on a probe beside the job
 * that is timed. That job must then still begin with untrained weights: it is neither the probe nor shares its state.
 *
 * @param untrained how far dropout and another batch may move the loss of untrained weights; three steps move it further
 */
export function training(name, { network, batch = 128, probeBatch = batch, untrained = 0.1, ...described }) {
  const full = networks[network];
  const probe = () => jobOf({ ...full, ...withoutDropout(full) }, probeBatch);
  return {
    ...described,
    name,
    flops: trainingFlops(initialize(full), batch),
    tolerance: 1e-3,
    expected() {
      const { layers, ...data } = probe();
      return trainingLosses(layers, data, checkedSteps);
    },
    async make(engine) {
      const job = await engine.train(jobOf(full, batch));
      return {
        job,
        async check(exact) {
          const error = await trajectoryError(await engine.train(probe()), exact);
          const first = await job.run();
          if (!(Math.abs(first - exact[0]) <= untrained * exact[0]))
            throw new Error(`the timed job begins at loss ${first}, untrained weights at ${exact[0]}`);
          return error;
        },
      };
    },
  };
}

async function trajectoryError(job, exact) {
  let error = 0;
  for (const loss of exact) {
    const deviation = Math.abs((await job.run()) - loss) / Math.abs(loss);
    if (!(deviation <= error)) error = deviation; // NaN stays
  }
  return error;
}
