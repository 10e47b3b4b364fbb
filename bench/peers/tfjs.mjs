// TensorFlow.js on its wasm backend (SIMD through XNNPACK), one thread. It has no gradient of a convolution's kernel
// on wasm, so it trains no CNN.
import { createRequire } from "node:module";
import { dirname } from "node:path";

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
      const y = compute();
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
    async conv({ x, kernel, shape }) {
      const [h, w, c, o] = shape;
      const [tx, tk] = [tf.tensor4d(x, [1, h, w, c]), tf.tensor4d(kernel, [3, 3, c, o])];
      return job(() => tf.conv2d(tx, tk, 1, "same"));
    },
  };
}
