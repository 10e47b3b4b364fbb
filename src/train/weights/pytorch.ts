/**
 * Weights of PyTorch modules, by the names of their `state_dict`. PyTorch keeps channels first: kernels [out, in,
 * height, width], dense weights [out, in], and what it flattens is ordered [channels, height, width].
 */
import type { HostTensor } from "../../base/host.ts";
import { sizeOf } from "../../base/shape.ts";
import { permute } from "../../io/permute.ts";
import { type Format, moved, type Origin, type Place, type Rows, reshaped, same, splitAt } from "./layout.ts";

const bias = same("bias");
const affine: Rows = { scale: same("weight"), offset: bias };
/** [out, in, height, width] → [height, width, in, out], also of a transposed one, where in and out change places. */
const kernel2d = moved("weight", [2, 3, 1, 0]);

/** [out, in] → [in, out]; behind a flatten the inputs are put in the order of channels last. */
const denseKernel: Origin = {
  names: ["weight"],
  make([t], { flattened }: Place) {
    if (t.shape.length !== 2) return t;
    if (!flattened || sizeOf(flattened) !== t.shape[1]) return permute(t, [1, 0]);
    const [channels] = flattened.slice(-1);
    const places = flattened.slice(0, -1);
    const axes = [...places.map((_, i) => i + 2), 1, 0];
    return reshaped(permute(reshaped(t, [t.shape[0], channels, ...places]), axes), [t.shape[1], t.shape[0]]);
  },
};

/** [channels · multiplier, 1, height, width] → [height, width, channels, multiplier] */
const depthwiseKernel: Origin = {
  names: ["weight"],
  make([t], { shape }) {
    const [, , height, width] = t.shape;
    const moved = kernel2d.make([t], { shape, flattened: undefined });
    return shape[2] * shape[3] === t.shape[0] ? reshaped(moved, [height, width, shape[2], shape[3]]) : moved;
  },
};

/** Blocks of rows (gates) in another order. */
function gates({ data, shape, dtype }: HostTensor, order: readonly number[]): HostTensor {
  const block = data.length / order.length;
  const out = data.slice();
  for (const [to, from] of order.entries())
    out.set(data.subarray(from * block, (from + 1) * block), to * block);
  return { data: out, shape, dtype };
}

const summed: Origin = {
  names: ["bias_ih", "bias_hh"],
  make: ([input, state]) => ({ ...input, data: Float32Array.from(input.data, (v, i) => v + state.data[i]) }),
};

const recurrent: Rows = {
  kernel: moved("weight_ih", [1, 0]),
  recurrentKernel: moved("weight_hh", [1, 0]),
  bias: summed,
};

/** PyTorch's reset, update, new as Keras's update, reset, new. */
const GRU_ORDER = [1, 0, 2];
const reordered = (name: string): Origin => ({
  names: [name],
  make: ([t]) => permute(gates(t, GRU_ORDER), [1, 0]),
});

const gru: Rows = {
  kernel: reordered("weight_ih"),
  recurrentKernel: reordered("weight_hh"),
  bias: {
    names: ["bias_ih", "bias_hh"],
    make(both) {
      const [input, state] = both.map((t) => gates(t, GRU_ORDER));
      const data = Float32Array.from([...input.data, ...state.data]);
      return { ...input, data, shape: [2, input.data.length] };
    },
  },
};

/** `weight_ih_l0` of `rnn` is `weight_ih` of `rnn`, that of layer 1 of `rnn.1`; `_reverse` of `rnn.backwards`. */
function splitName(name: string): readonly [string, string] {
  const [path, last] = splitAt(name, ".");
  const stacked = /^((?:weight|bias)_[ih]h)_l(\d+)(_reverse)?$/.exec(last);
  if (!stacked) return [path, last];
  const [, kind, layer, reverse] = stacked;
  const parts = [path, layer === "0" ? "" : layer, reverse ? "backwards" : ""];
  return [parts.filter(Boolean).join("."), kind];
}

/** The projections of an attention, which PyTorch keeps in one tensor. */
function unpack(tensors: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
  const result = new Map<string, HostTensor>();
  for (const [name, tensor] of tensors) {
    const packed = /^(.*?)in_proj_(weight|bias)$/.exec(name);
    if (!packed) {
      result.set(name.replace(/(^|\.)out_proj\.(weight|bias)$/, "$1output.$2"), tensor);
      continue;
    }
    const [, path, last] = packed;
    const third = tensor.data.length / 3;
    const shape = [tensor.shape[0] / 3, ...tensor.shape.slice(1)];
    for (const [i, part] of ["query", "key", "value"].entries()) {
      const data = tensor.data.slice(i * third, (i + 1) * third);
      result.set(`${path}${part}.${last}`, { ...tensor, data, shape });
    }
  }
  return result;
}

export const pytorch: Format = {
  layers: {
    dense: { kernel: denseKernel, bias },
    conv1d: { kernel: moved("weight", [2, 1, 0]), bias },
    conv2d: { kernel: kernel2d, bias },
    conv2dTranspose: { kernel: kernel2d, bias },
    depthwiseConv2d: { kernel: depthwiseKernel, bias },
    batchNorm: { ...affine, runningMean: same("running_mean"), runningVariance: same("running_var") },
    layerNorm: affine,
    rmsNorm: affine,
    groupNorm: affine,
    prelu: { slope: same("weight") },
    embedding: { embeddings: same("weight") },
    simpleRNN: recurrent,
    lstm: recurrent,
    gru,
  },
  split: splitName,
  ignored: ["num_batches_tracked"],
  unpack,
};
