// The networks on jax-js: functions of parameters, an input and, to drop out, keys; they consume their arguments.
import { EPSILON } from "../networks/layers.mjs";

/** The arrays of channels-first layers, as a tree that jax-js can differentiate by. */
export const parametersOf = (jax, layers) =>
  layers.map(({ kernel, kernelShape, bias, scale, offset, body, shortcut }) => {
    const { numpy: np } = jax;
    if (body) return { body: parametersOf(jax, body), shortcut: parametersOf(jax, shortcut) };
    if (scale) return { scale: np.array(scale), offset: np.array(offset) };
    if (!kernel) return {};
    const weights = { kernel: np.array(kernel).reshape(kernelShape) };
    return bias ? { ...weights, bias: np.array(bias) } : weights;
  });

/** The forward pass of channels-first layers. A norm, which inference folds, takes the batch's statistics. */
export function forward({ numpy: np, lax, nn, random }, layers) {
  const perChannel = (values) => values.reshape([-1, 1, 1]);
  const convolution =
    (groups) =>
    (x, { strides = 1, padding = 0, from }, { kernel, bias }) => {
      const border = [padding, padding];
      const options = { featureGroupCount: groups ?? from[2] };
      const y = lax.convGeneralDilated(x, kernel, [strides, strides], [border, border], options);
      return bias ? y.add(perChannel(bias)) : y;
    };
  const apply = {
    conv: convolution(1),
    depthwise: convolution(),
    dense: (x, _, { kernel, bias }) => np.matmul(x, kernel).add(bias),
    norm(x, _, { scale, offset }) {
      const options = { axis: [0, 2, 3], keepdims: true };
      const centred = x.ref.sub(np.mean(x, options.axis, { keepdims: true }));
      const variance = np.mean(np.square(centred.ref), options.axis, { keepdims: true });
      return centred
        .div(np.sqrt(variance.add(EPSILON)))
        .mul(perChannel(scale))
        .add(perChannel(offset));
    },
    /** The padding is zeros: an activation came before. */
    maxPool: (x, { kernelSize: k, strides, padding: p }) =>
      lax.reduceWindow(p > 0 ? np.pad(x, borders(p)) : x, np.max, [k, k], [strides, strides]),
    globalPool: (x) => np.mean(x, [2, 3]),
    flatten: (x) => x.reshape([x.shape[0], -1]),
    dropout(x, { rate }, _, keys) {
      const isKept = random.bernoulli(keys.shift(), 1 - rate, x.shape);
      return np.where(isKept, x.div(1 - rate), 0);
    },
    subsample(x, { strides, filters }) {
      const [n, c, h, w] = x.shape;
      const kept = x.reshape([n, c, h / strides, strides, w / strides, strides]).slice([], [], [], 0, [], 0);
      const front = (filters - c) >> 1;
      return np.pad(kept, [
        [0, 0],
        [front, filters - c - front],
        [0, 0],
        [0, 0],
      ]);
    },
    residual: (x, { body, shortcut }, parameters, keys) =>
      chain(x.ref, body, parameters.body, keys).add(chain(x, shortcut, parameters.shortcut, keys)),
  };
  const borders = (p) => [
    [0, 0],
    [0, 0],
    [p, p],
    [p, p],
  ];
  const chain = (x, list, parameters, keys) =>
    list.reduce((value, layer, i) => {
      const y = apply[layer.type](value, layer, parameters[i], keys);
      return layer.activation ? nn[layer.activation](y) : y;
    }, x);
  return (parameters, x, keys = []) => chain(x, layers, parameters, [...keys]);
}
