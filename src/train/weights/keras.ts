/**
 * Weights of Keras layers, by their paths (`conv2d/kernel`, also `conv2d/kernel:0`). Layouts are Heddle's; names differ,
 * and attention keeps its heads apart.
 */
import { sizeOf } from "../../base/shape.ts";
import { type Format, type Origin, type Rows, reshaped, same, splitAt } from "./layout.ts";

const bias = same("bias");
const affine: Rows = { scale: same("gamma"), offset: same("beta") };

/** Heads, which have an axis of their own, side by side. */
const flat = (name: string): Origin => ({
  names: [name],
  make: ([t], { shape }) => (sizeOf(shape) === t.data.length ? reshaped(t, shape) : t),
});

const recurrent: Rows = { kernel: same("kernel"), recurrentKernel: same("recurrent_kernel"), bias };

export const keras: Format = {
  layers: {
    dense: { kernel: flat("kernel"), bias: flat("bias") },
    conv1d: { kernel: same("kernel"), bias },
    conv2d: { kernel: same("kernel"), bias },
    conv2dTranspose: { kernel: same("kernel"), bias },
    depthwiseConv2d: {
      kernel: { ...same("kernel"), names: ["kernel", "depthwise_kernel"], isAlternative: true },
      bias,
    },
    separableConv2d: {
      depthwiseKernel: same("depthwise_kernel"),
      pointwiseKernel: same("pointwise_kernel"),
      bias,
    },
    batchNorm: { ...affine, runningMean: same("moving_mean"), runningVariance: same("moving_variance") },
    layerNorm: affine,
    rmsNorm: affine,
    groupNorm: affine,
    prelu: { slope: flat("alpha") },
    embedding: { embeddings: same("embeddings") },
    normalization: { mean: flat("mean"), variance: flat("variance") },
    simpleRNN: recurrent,
    lstm: recurrent,
    gru: recurrent,
  },
  split(name) {
    const plain = name.replace(/:\d+$/, "");
    return splitAt(plain, plain.includes("/") ? "/" : ".");
  },
  // Counters that Keras keeps with the layers.
  ignored: ["count", "seed_generator_state"],
};
