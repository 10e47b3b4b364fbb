// jax-js on its wasm backend. Node has no global Worker, so it computes on this thread alone. Arrays are moved into
// functions: `.ref` keeps one. It computes convolutions channels first. `jit` compiles what is measured.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { toChannelsFirst, toChannelsLast, toKernelFirst } from "../data.mjs";
import { channelsFirst, folded } from "../networks/layers.mjs";
import { forward, parametersOf } from "./jaxNetwork.mjs";
import { trainer } from "./jaxTraining.mjs";

function version() {
  const entry = createRequire(import.meta.url).resolve("@jax-js/jax");
  return JSON.parse(readFileSync(join(dirname(entry), "../package.json"), "utf8")).version;
}

export async function start({ jit = false } = {}) {
  globalThis.navigator ??= { userAgent: "Node.js" }; // read by the kernel generator; Node 20 has none
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const { numpy: np, lax, nn, tree } = jax;
  const array = (values, shape) => np.array(values).reshape(shape);
  const job = (compute, ...args) => {
    const f = jit ? jax.jit(compute) : compute;
    return { run: () => f(...args.map((arg) => tree.ref(arg))).data() };
  };
  const images = (x, shape) => {
    const [n, h, w, c] = shape;
    return array(toChannelsFirst(x, shape), [n, c, h, w]);
  };
  /** A function of an input, and its other argument. */
  const network = (layers) => {
    const net = channelsFirst(folded(layers));
    const apply = forward(jax, net);
    return [(parameters, x) => apply(parameters, x), parametersOf(jax, net)];
  };

  return {
    version: version(),
    async matmul({ a, b, n }) {
      return job(np.matmul, array(a, [n, n]), array(b, [n, n]));
    },
    async conv({ x, kernel, shape, kernelShape, groups: featureGroupCount }) {
      const [k, , inner, o] = kernelShape;
      const weights = array(toKernelFirst(kernel, kernelShape), [o, inner, k, k]);
      const convolved = (x, k) => lax.convGeneralDilated(x, k, [1, 1], "SAME", { featureGroupCount });
      const made = job(convolved, images(x, shape), weights);
      const to = [...shape.slice(0, 3), o];
      return { ...made, result: async () => toChannelsLast(await made.run(), to) };
    },
    async gelu({ x, w, b, shape }) {
      const chain = (x, w, b) => nn.gelu(x.mul(w).add(b), { approximate: false }).sum();
      return job(chain, array(x, shape), np.array(w), np.array(b));
    },
    train: (job) => trainer(jax, job, jit),
    async infer({ input, layers, x }) {
      const [apply, parameters] = network(layers);
      return job(apply, parameters, images(x, [1, ...input]));
    },
    async respond({ input, layers }) {
      const [apply, parameters] = network(layers);
      const f = jit ? jax.jit(apply) : apply;
      return (values) => f(tree.ref(parameters), array(values, [1, ...input])).dataSync();
    },
  };
}
