// The workloads as ONNX models, channels first. Weights are constants, so that a runtime packs them once; norms are
// folded, as it would do itself.
import { toKernelFirst } from "../data.mjs";
import { channelsFirst, folded } from "../networks/layers.mjs";
import { Builder } from "./onnx.mjs";

export function matmulModel(n) {
  const b = new Builder();
  return b.finish(b.add("MatMul", [b.input("a", [n, n]), b.input("b", [n, n])]), [n, n]);
}

/** A convolution of x [n, c, h, w] that keeps the size. */
export function convModel({ kernel, shape: [n, h, w, c], kernelShape, groups: group }) {
  const [k, , inner, o] = kernelShape;
  const b = new Builder();
  const border = (k - 1) / 2;
  const attributes = { kernel_shape: [k, k], pads: Array(4).fill(border), group };
  const weights = b.constant(toKernelFirst(kernel, kernelShape), [o, inner, k, k]);
  return b.finish(b.add("Conv", [b.input("x", [n, c, h, w]), weights], attributes), [n, o, h, w]);
}

export function geluModel({ w, b: offset, shape }) {
  const b = new Builder();
  const product = b.add("Mul", [b.input("x", shape), b.constant(w)]);
  const y = b.add("Gelu", [b.add("Add", [product, b.constant(offset)])]);
  return b.finish(b.add("ReduceSum", [y], { keepdims: 0 }), []);
}

/** A network on one sample. */
export function networkModel({ input, layers }) {
  const b = new Builder();
  const ends = {
    relu: (x) => b.add("Relu", [x]),
    relu6: (x) => b.add("Clip", [x, scalar(0), scalar(6)]),
  };
  const scalar = (value) => b.constant(Float32Array.of(value), []);
  const convolution =
    (group) =>
    (x, { kernel, kernelShape, bias, from, kernelSize: k, strides = 1, padding = 0 }) =>
      b.add("Conv", [x, b.constant(kernel, kernelShape), b.constant(bias)], {
        kernel_shape: [k, k],
        strides: [strides, strides],
        pads: Array(4).fill(padding),
        group: group ?? from[2],
      });
  const kinds = {
    conv: convolution(1),
    depthwise: convolution(),
    dense: (x, { kernel, kernelShape, bias }) =>
      b.add("Gemm", [x, b.constant(kernel, kernelShape), b.constant(bias)]),
    maxPool: (x, { kernelSize: k, strides, padding }) =>
      b.add("MaxPool", [x], {
        kernel_shape: [k, k],
        strides: [strides, strides],
        pads: Array(4).fill(padding),
      }),
    globalPool: (x) => b.add("Flatten", [b.add("GlobalAveragePool", [x])]),
    flatten: (x) => b.add("Flatten", [x]),
    residual: (x, { body, shortcut }) => b.add("Add", [chain(x, body), chain(x, shortcut)]),
  };
  const chain = (x, list) =>
    list.reduce((value, layer) => {
      const y = kinds[layer.type](value, layer);
      return layer.activation ? ends[layer.activation](y) : y;
    }, x);
  const [h, w, c] = input;
  const x = b.input("x", input.length === 3 ? [1, c, h, w] : [1, ...input]);
  return b.finish(chain(x, channelsFirst(folded(layers))), [1, layers.at(-1).units]);
}
