// Networks as plain data that every engine interprets: shapes, the weights that all start from, and what one costs.
//
// A layer is `{ type, … }` of the table below, a network `{ input, layers }`. `activation` ("relu", "relu6") ends a
// conv, depthwise, dense, norm or residual layer; a residual layer adds its `shortcut` to its `body`. Padding is the
// same on every side.
import { size, transpose, uniform } from "../data.mjs";

export const EPSILON = 1e-5;

const window = ([h, w], { kernelSize, strides = 1, padding = 0 }) =>
  [h, w].map((extent) => Math.floor((extent + 2 * padding - kernelSize) / strides) + 1);

const limits = {
  glorot: (inputs, outputs) => Math.sqrt(6 / (inputs + outputs)),
  he: (inputs) => Math.sqrt(6 / inputs),
};

/** A layer's description completed: `to`, the shape of its output, and its weights. */
const makers = {
  /** kernel [height, width, in, out]; without a bias where a norm follows. */
  conv(layer, from, seed) {
    const { kernelSize: k, filters, useBias = true } = layer;
    const taps = k * k;
    const limit = useBias ? limits.glorot(taps * from[2], taps * filters) : limits.he(taps * from[2]);
    const kernelShape = [k, k, from[2], filters];
    return { to: [...window(from, layer), filters], ...weights(kernelShape, limit, seed, useBias) };
  },
  /** kernel [height, width, channels, 1]; a norm follows. */
  depthwise(layer, from, seed) {
    const { kernelSize: k } = layer;
    const kernelShape = [k, k, from[2], 1];
    return { to: [...window(from, layer), from[2]], ...weights(kernelShape, limits.he(k * k), seed, false) };
  },
  dense({ units }, from, seed) {
    return { to: [units], ...weights([from[0], units], limits.glorot(from[0], units), seed, true) };
  },
  /** Statistics as of a trained network: no zeros and ones. */
  norm(_, from, seed) {
    const channels = from.at(-1);
    const around = (middle, spread) => uniform(seed(), channels, middle - spread, middle + spread);
    return {
      to: from,
      scale: around(1, 0.2),
      offset: around(0, 0.1),
      mean: around(0, 0.1),
      variance: around(1, 0.2),
    };
  },
  maxPool: (layer, from) => ({ to: [...window(from, layer), from[2]] }),
  globalPool: (_, from) => ({ to: [from[2]] }),
  flatten: (_, from) => ({ to: [size(from)] }),
  dropout: (_, from) => ({ to: from }),
  /** Every `strides`-th pixel; the new channels are zeros, half of them in front. */
  subsample: ({ strides, filters }, [h, w]) => ({
    to: [Math.ceil(h / strides), Math.ceil(w / strides), filters],
  }),
  residual({ body, shortcut }, from, seed) {
    const made = chain(body, from, seed);
    return { to: made.at(-1).to, body: made, shortcut: chain(shortcut, from, seed) };
  },
};

function weights(kernelShape, limit, seed, useBias) {
  const kernel = uniform(seed(), size(kernelShape), -limit, limit);
  return { kernelShape, kernel, ...(useBias && { bias: new Float32Array(kernelShape.at(-1)) }) };
}

function chain(layers, input, seed) {
  let from = input;
  return layers.map((layer) => {
    const made = { ...layer, from, ...makers[layer.type](layer, from, seed) };
    from = made.to;
    return made;
  });
}

/** The layers with `from` and `to` (shapes without the batch) and their weights. */
export function initialize({ input, layers }, seed = 11) {
  let next = seed;
  return chain(layers, input, () => next++);
}

/** Applies `change` to every list of layers, inner ones first. */
const mapChains = (layers, change) =>
  change(
    layers.map((layer) =>
      layer.type === "residual"
        ? { ...layer, body: mapChains(layer.body, change), shortcut: mapChains(layer.shortcut, change) }
        : layer,
    ),
  );

/** The same network without dropout, for comparing trajectories. */
export const withoutDropout = ({ input, layers }) => ({
  input,
  layers: layers.filter(({ type }) => type !== "dropout"),
});

/** For inference: every norm is part of the convolution before it, and nothing is dropped. */
export const folded = (layers) =>
  mapChains(withoutDropout({ layers }).layers, (list) =>
    list
      .map((layer, i) => (list[i + 1]?.type === "norm" ? withNorm(layer, list[i + 1]) : layer))
      .filter(({ type }) => type !== "norm"),
  );

function withNorm(layer, { scale, offset, mean, variance, activation }) {
  const factor = scale.map((s, c) => s / Math.sqrt(variance[c] + EPSILON));
  const channels = factor.length; // The kernel's last axis, or with the 1 after it its last two.
  const kernel = layer.kernel.map((value, i) => value * factor[i % channels]);
  return { ...layer, activation, kernel, bias: offset.map((o, c) => o - mean[c] * factor[c]) };
}

/** Initialized layers as an engine with channels first wants them: kernels [out, in, …], flattened rows permuted. */
export const channelsFirst = (layers) =>
  mapChains(layers, (list) =>
    list.map((layer, i) => {
      if (layer.type === "conv") return permuted(layer, layer.kernelShape, [3, 2, 0, 1]);
      if (layer.type === "depthwise") return permuted(layer, layer.kernelShape, [2, 3, 0, 1]);
      if (layer.type !== "dense") return layer;
      const flatten = list.slice(0, i).findLast(({ type }) => ["flatten", "dense"].includes(type));
      if (flatten?.type !== "flatten") return layer;
      return { ...layer, kernel: transpose(layer.kernel, [...flatten.from, layer.units], [2, 0, 1, 3]) };
    }),
  );

const permuted = (layer, shape, axes) => ({
  ...layer,
  kernel: transpose(layer.kernel, shape, axes),
  kernelShape: axes.map((axis) => shape[axis]),
});

/** Multiply-adds × 2 of one sample's forward pass. */
export const forwardFlops = (layers) =>
  layers.reduce((sum, { type, to, kernel, body, shortcut }) => {
    if (type === "residual") return sum + forwardFlops(body) + forwardFlops(shortcut);
    if (!kernel) return sum;
    return sum + 2 * kernel.length * (type === "dense" ? 1 : to[0] * to[1]);
  }, 0);

/** Of a training step: three passes, but the first layer needs no gradient of its input. */
export const trainingFlops = (layers, batch) =>
  batch * (3 * forwardFlops(layers) - forwardFlops(layers.slice(0, 1)));
