// The two networks that every engine trains, as plain data, with the weights that all start from.
import { size, transpose, uniform } from "./data.mjs";

/** relu: whether the layer ends in one. Convolutions are 3×3, valid padding; pooling is 2×2 maximum. */
export const networks = {
  mlp: {
    input: [784],
    layers: [
      { type: "dense", units: 512, relu: true },
      { type: "dense", units: 512, relu: true },
      { type: "dense", units: 10 },
    ],
  },
  cnn: {
    input: [28, 28, 1],
    layers: [
      { type: "conv", filters: 32, relu: true },
      { type: "conv", filters: 64, relu: true },
      { type: "pool" },
      { type: "dropout", rate: 0.25 },
      { type: "flatten" },
      { type: "dense", units: 128, relu: true },
      { type: "dropout", rate: 0.5 },
      { type: "dense", units: 10 },
    ],
  },
};

export const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** The same network without dropout, for comparing trajectories. */
export const withoutDropout = ({ input, layers }) => ({
  input,
  layers: layers.filter(({ type }) => type !== "dropout"),
});

/**
 * The layers with `from` (their input's shape without the batch) and, where they have weights, `kernel` (Glorot
 * uniform, [height, width, in, out] or [in, out]), `kernelShape` and `bias` (zeros).
 */
export function initialize({ input, layers }, seed = 11) {
  let shape = input;
  return layers.map((layer, i) => {
    const from = shape;
    const [h, w, c] = from;
    if (layer.type === "conv") {
      shape = [h - 2, w - 2, layer.filters];
      return { ...layer, from, ...weights([3, 3, c, layer.filters], seed + i) };
    }
    if (layer.type === "dense") {
      shape = [layer.units];
      return { ...layer, from, ...weights([from[0], layer.units], seed + i) };
    }
    if (layer.type === "pool") shape = [h >> 1, w >> 1, c];
    if (layer.type === "flatten") shape = [size(from)];
    return { ...layer, from };
  });
}

function weights(kernelShape, seed) {
  const [inputs, outputs] = kernelShape.slice(-2);
  const limit = Math.sqrt(6 / (size(kernelShape.slice(0, -2)) * (inputs + outputs)));
  return {
    kernelShape,
    kernel: uniform(seed, size(kernelShape), -limit, limit),
    bias: new Float32Array(outputs),
  };
}

/** Initialized layers as an engine with channels first wants them: kernels [out, in, …], flattened rows permuted. */
export const channelsFirst = (layers) =>
  layers.map((layer, i) => {
    if (layer.type === "conv") {
      const [h, w, c, o] = layer.kernelShape;
      return {
        ...layer,
        kernel: transpose(layer.kernel, [h, w, c, o], [3, 2, 0, 1]),
        kernelShape: [o, c, h, w],
      };
    }
    if (layer.type !== "dense") return layer;
    const flatten = layers.slice(0, i).findLast(({ type }) => type === "flatten" || type === "dense");
    if (flatten?.type !== "flatten") return layer;
    const shape = [...flatten.from, layer.units];
    return { ...layer, kernel: transpose(layer.kernel, shape, [2, 0, 1, 3]) };
  });

/** Multiply-adds × 2 of one sample's forward pass. */
export const forwardFlops = (layers) =>
  layers.reduce((sum, { type, from, kernel }) => {
    if (type === "conv") return sum + 2 * kernel.length * (from[0] - 2) * (from[1] - 2);
    return type === "dense" ? sum + 2 * kernel.length : sum;
  }, 0);

/** Of a training step: three passes, but the first layer needs no gradient of its input. */
export const trainingFlops = (layers, batch) =>
  batch * (3 * forwardFlops(layers) - forwardFlops(layers.slice(0, 1)));
