// A 3×3 convolution of one picture, same padding, read back: a middle layer of a ResNet.
import { uniform } from "../data.mjs";
import { convAt, sampledError } from "../reference.mjs";

const [height, width, channels, filters] = [56, 56, 64, 64];
const shape = [height, width, channels, filters];

export const conv = {
  name: "conv-3x3",
  title: `conv 3×3, 1×${height}×${width}×${channels} → ${filters}`,
  engines: ["heddle", "tfjs", "ort", "jax", "torch"],
  flops: 2 * height * width * channels * filters * 9,
  tolerance: 2e-3, // Winograd's
  async make(engine) {
    const x = uniform(1, height * width * channels);
    const kernel = uniform(2, 9 * channels * filters);
    const job = await engine.conv({ x, kernel, shape });
    return {
      job,
      check: async () => sampledError(await (job.result ?? job.run)(), convAt(x, kernel, shape)),
    };
  },
};
