// A convolution with same padding and stride 1, read back.
import { size, uniform } from "../data.mjs";
import { convAt, largestError, sampled } from "../reference/samples.mjs";

/** x [n, h, w, c] to [n, h, w, filters]. */
export function conv(name, shape, filters, { kernelSize = 3, groups = 1, isDefault = false } = {}) {
  const kernelShape = [kernelSize, kernelSize, shape[3] / groups, filters];
  const pixels = size(shape.slice(0, 3));
  const inputs = () => ({
    x: uniform(1, size(shape)),
    kernel: uniform(2, size(kernelShape)),
    shape,
    kernelShape,
    groups,
  });
  const kind = groups > 1 ? "depthwise conv" : "conv";
  return {
    name,
    title: `${kind} ${kernelSize}×${kernelSize}, ${shape.join("×")} → ${filters}`,
    peers: ["tfjs", "ort", "jax", "ort-node", "torch"],
    flops: 2 * pixels * size(kernelShape),
    tolerance: 2e-3, // Winograd's
    isDefault,
    expected: () => sampled(pixels * filters, convAt(inputs())),
    async make(engine) {
      const job = await engine.conv(inputs());
      return { job, check: async (exact) => largestError(await (job.result ?? job.run)(), exact) };
    },
  };
}
