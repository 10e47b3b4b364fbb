// ONNX Runtime's workloads, for the web and for Node alike: the same models, one thread. It does not train.
import { toChannelsFirst, toChannelsLast } from "../data.mjs";
import { convModel, geluModel, matmulModel, networkModel } from "./onnxModels.mjs";

/** @param options of a session */
export function engine(ort, version, options) {
  const tensor = (values, shape) => new ort.Tensor("float32", values, shape);
  const session = (model) => ort.InferenceSession.create(model, options);
  const job = async (model, feeds) => {
    const created = await session(model);
    return { run: async () => (await created.run(feeds)).y.data };
  };
  const first = (x, shape) => {
    const [n, h, w, c] = shape;
    return tensor(toChannelsFirst(x, shape), [n, c, h, w]);
  };
  return {
    version,
    matmul: ({ a, b, n }) => job(matmulModel(n), { a: tensor(a, [n, n]), b: tensor(b, [n, n]) }),
    async conv(described) {
      const { x, shape, kernelShape } = described;
      const made = await job(convModel(described), { x: first(x, shape) });
      const to = [...shape.slice(0, 3), kernelShape[3]];
      return { ...made, result: async () => toChannelsLast(await made.run(), to) };
    },
    gelu: (described) => job(geluModel(described), { x: tensor(described.x, described.shape) }),
    infer: ({ input, layers, x }) => job(networkModel({ input, layers }), { x: first(x, [1, ...input]) }),
    async respond({ input, layers }) {
      const created = await session(networkModel({ input, layers }));
      return async (values) => (await created.run({ x: tensor(values, [1, ...input]) })).y.data;
    },
  };
}
