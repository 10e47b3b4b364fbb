// ONNX Runtime Web on wasm, one thread, in this thread. A convolution's kernel is a constant of the model, as in use,
// so that it is packed once; both factors of a product are inputs. It does not train.
import * as ort from "onnxruntime-web";
import { toChannelsFirst, toChannelsLast, toKernelFirst } from "../data.mjs";
import { model } from "./onnx.mjs";

export async function start() {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = "error";
  const session = async (bytes, feeds) => {
    const created = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
    return async () => (await created.run(feeds)).y.data;
  };
  return {
    version: ort.env.versions.web ?? ort.env.versions.common,
    async matmul({ a, b, n }) {
      const shape = [n, n];
      const described = ["a", "b"].map((name) => ({ name, shape }));
      const feeds = { a: new ort.Tensor("float32", a, shape), b: new ort.Tensor("float32", b, shape) };
      const bytes = model("MatMul", { inputs: described, output: { name: "y", shape } });
      return { run: await session(bytes, feeds) };
    },
    async conv({ x, kernel, shape: [h, w, c, o] }) {
      const bytes = model("Conv", {
        inputs: [
          { name: "x", shape: [1, c, h, w] },
          { name: "k", shape: [o, c, 3, 3], values: toKernelFirst(kernel, [3, 3, c, o]) },
        ],
        output: { name: "y", shape: [1, o, h, w] },
        attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [1, 1] },
      });
      const first = toChannelsFirst(x, [1, h, w, c]);
      const run = await session(bytes, { x: new ort.Tensor("float32", first, [1, c, h, w]) });
      return { run, result: async () => toChannelsLast(await run(), [1, h, w, o]) };
    },
  };
}
