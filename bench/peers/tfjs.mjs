// TensorFlow.js on its wasm backend (SIMD through XNNPACK), one thread. Networks have their norms folded and their
// activations fused, as its converter does. It has no gradient of a convolution's kernel on wasm, so it trains no CNN.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { folded } from "../networks/layers.mjs";

const require = createRequire(import.meta.url);

export async function start() {
  const tf = require("@tensorflow/tfjs-core");
  const wasm = require("@tensorflow/tfjs-backend-wasm");
  wasm.setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  wasm.setThreadsCount(1);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  await tf.setBackend("wasm");
  if (tf.getBackend() !== "wasm") throw new Error("the wasm backend did not start");

  const job = (compute) => ({
    async run() {
      const y = tf.tidy(compute);
      const values = await y.data();
      y.dispose();
      return values;
    },
  });

  return {
    version: tf.version_core,
    async matmul({ a, b, n }) {
      const [ta, tb] = [tf.tensor2d(a, [n, n]), tf.tensor2d(b, [n, n])];
      return job(() => tf.matMul(ta, tb));
    },
    async conv({ x, kernel, shape, kernelShape: [height, width, inner, outer], groups }) {
      const tx = tf.tensor4d(x, shape);
      if (groups === 1) {
        const tk = tf.tensor4d(kernel, [height, width, inner, outer]);
        return job(() => tf.conv2d(tx, tk, 1, "same"));
      }
      const tk = tf.tensor4d(kernel, [height, width, groups, 1]);
      return job(() => tf.depthwiseConv2d(tx, tk, 1, "same"));
    },
    async gelu({ x, w, b, shape }) {
      const [tx, tw, tb] = [tf.tensor2d(x, shape), tf.tensor1d(w), tf.tensor1d(b)];
      const [half, one, root] = [0.5, 1, Math.SQRT1_2].map((value) => tf.scalar(value));
      return job(() => {
        const z = tf.add(tf.mul(tx, tw), tb);
        return tf.sum(tf.mul(tf.mul(z, half), tf.add(tf.erf(tf.mul(z, root)), one)));
      });
    },
    async infer({ input, layers, x }) {
      const net = network(tf, folded(layers));
      const image = tf.tensor(x, [1, ...input]);
      return job(() => net(image));
    },
    async respond({ input, layers }) {
      const net = network(tf, folded(layers));
      return (values) => {
        const x = tf.tensor(values, [1, ...input]);
        const y = tf.tidy(() => net(x));
        const result = y.dataSync();
        x.dispose();
        y.dispose();
        return result;
      };
    },
  };
}

const relus = (tf) => ({ relu: tf.relu, relu6: tf.relu6 });

function network(tf, layers) {
  const kinds = {
    conv({ strides = 1, padding: pad = 0, kernel, kernelShape, bias, activation }) {
      const [filter, b] = [tf.tensor4d(kernel, kernelShape), tf.tensor1d(bias)];
      const options = { filter, bias: b, strides, pad, activation };
      return (x) => tf.fused.conv2d({ x, ...options });
    },
    depthwise({ strides = 1, padding: pad = 0, kernel, kernelShape, bias, activation }) {
      const [filter, b] = [tf.tensor4d(kernel, kernelShape), tf.tensor1d(bias)];
      const options = { filter, bias: b, strides, pad, activation };
      return (x) => tf.fused.depthwiseConv2d({ x, ...options });
    },
    dense({ kernel, kernelShape, bias, activation }) {
      const [b, offset] = [tf.tensor2d(kernel, kernelShape), tf.tensor1d(bias)];
      return (a) => tf.fused.matMul({ a, b, bias: offset, activation });
    },
    maxPool:
      ({ kernelSize, strides, padding }) =>
      (x) =>
        tf.maxPool(x, kernelSize, strides, padding),
    globalPool: () => (x) => tf.mean(x, [1, 2]),
    flatten: () => (x) => tf.reshape(x, [x.shape[0], -1]),
    residual({ body, shortcut, activation }) {
      const [main, around] = [network(tf, body), network(tf, shortcut)];
      const end = relus(tf)[activation] ?? ((x) => x);
      return (x) => end(tf.add(main(x), around(x)));
    },
  };
  const made = layers.map((layer) => kinds[layer.type](layer));
  return (x) => made.reduce((value, layer) => layer(value), x);
}
