// A network on one image in evaluation mode; the logits are read back. Weights and statistics are random.
import { size, uniform } from "../data.mjs";
import { networks } from "../networks/index.mjs";
import { forwardFlops, initialize, withoutDropout } from "../networks/layers.mjs";
import { output } from "../reference/network.mjs";
import { largestError } from "../reference/samples.mjs";

export function inference(name, title) {
  const network = networks[name];
  const job = () => ({
    input: network.input,
    layers: initialize(network),
    x: uniform(3, size(network.input), 0, 1),
  });
  let flops;
  return {
    name,
    title,
    peers: ["tfjs", "ort", "jax", "ort-node", "torch"],
    get flops() {
      flops ??= forwardFlops(initialize(network));
      return flops;
    },
    tolerance: 2e-3,
    expected: () => output(initialize(withoutDropout(network)), job().x),
    async make(engine) {
      const made = await engine.infer(job());
      return { job: made, check: async (exact) => largestError(await (made.result ?? made.run)(), exact) };
    },
  };
}
