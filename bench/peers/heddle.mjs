// Heddle through its public interface, from a built package, on the wasm backend. Its way of losing no time is that of
// the documentation: a compiled function, or `predict` of a model.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { EPSILON } from "../networks/layers.mjs";

/** @param home the folder of the package: another version's, when two are compared */
export async function start({ threads, relaxed = true, home = new URL("../../", import.meta.url).href }) {
  const { version } = JSON.parse(readFileSync(new URL("package.json", home), "utf8"));
  const { resolve } = createRequire(new URL("package.json", home));
  const load = (entry) => import(pathToFileURL(resolve(entry)).href);
  const h = await load("heddle");
  const library = { h, nn: await load("heddle/nn"), optim: await load("heddle/optim") };
  h.configure({ relaxed });
  const info = await h.setDevice("wasm", { threads });
  // From the adapter's text, which reads the same in every version.
  if (Number(/(\d+) threads?$/.exec(info.adapter)?.[1]) !== threads)
    throw new Error(`asked for ${threads} threads: got ${info.adapter}`);
  if (info.features.includes("relaxed-simd") !== relaxed)
    throw new Error(`asked for ${relaxed ? "relaxed" : "plain"} SIMD: got ${info.adapter}`);

  /** Reads each result into the same array, as a program does that calls in a loop. */
  const job = (call) => {
    let values;
    return {
      async run() {
        const y = await call();
        values = await y.data(values);
        y.dispose();
        return values;
      },
    };
  };
  const compiled = (f, ...args) => {
    const function_ = h.jit(f);
    return job(() => function_(...args));
  };

  return {
    version: `${version}, ${info.adapter}`,
    memory: () => h.memory().devices[0],
    async matmul({ a, b, n }) {
      const shape = [n, n];
      return compiled((x, y) => x.matmul(y), h.tensor(a, { shape }), h.tensor(b, { shape }));
    },
    /** The kernel is captured, as a layer's is: it does not change between calls. */
    async conv({ x, kernel, shape, kernelShape, groups }) {
      const k = h.tensor(kernel, { shape: kernelShape });
      return compiled((x) => x.conv2d(k, { padding: "same", groups }), h.tensor(x, { shape }));
    },
    async gelu({ x, w, b, shape }) {
      const args = [h.tensor(x, { shape }), h.tensor(w), h.tensor(b)];
      return compiled((x, w, b) => x.mul(w).add(b).gelu().sum(), ...args);
    },
    train: (job) => trainer(library, job),
    async infer({ input, layers, x }) {
      const model = h.createModel(network(library, { input, layers }));
      const image = h.tensor(x, { shape: [1, ...input] });
      return job(() => model.predict(image));
    },
    async respond({ input, layers }) {
      const model = h.createModel(network(library, { input, layers }));
      await model.predict(h.zeros([1, ...input]));
      return (values) => {
        const x = h.tensor(values, { shape: [1, ...input] });
        const y = model.predictSync(x);
        const result = y.dataSync();
        x.dispose();
        y.dispose();
        return result;
      };
    },
  };
}

/** The layers of a description as a graph, with the weights of it. */
function network({ h, nn }, { input, layers }) {
  const loads = [];
  const weighted = (layer, values) => {
    loads.push([layer, values]);
    return layer;
  };
  const makers = {
    conv: ({ filters, kernelSize, strides, padding, kernel, bias }) =>
      weighted(nn.conv2d({ filters, kernelSize, strides, padding, useBias: Boolean(bias) }), {
        kernel,
        bias,
      }),
    depthwise: ({ kernelSize, strides, padding, kernel }) =>
      weighted(nn.depthwiseConv2d({ kernelSize, strides, padding, useBias: false }), { kernel }),
    dense: ({ units, kernel, bias }) => weighted(nn.dense({ units }), { kernel, bias }),
    norm: ({ scale, offset, mean, variance }) =>
      weighted(nn.batchNorm({ epsilon: EPSILON, momentum: 0.9 }), {
        scale,
        offset,
        runningMean: mean,
        runningVariance: variance,
      }),
    maxPool: ({ kernelSize: poolSize, strides, padding }) => nn.maxPool2d({ poolSize, strides, padding }),
    globalPool: () => nn.globalAvgPool2d(),
    flatten: () => nn.flatten(),
    dropout: ({ rate }) => nn.dropout({ rate }),
    subsample: ({ filters, strides }) => nn.identityShortcut({ filters, strides }),
  };
  const chain = (x, layers) =>
    layers.reduce((value, layer) => {
      const y =
        layer.type === "residual"
          ? nn.add().apply(chain(value, layer.body), chain(value, layer.shortcut))
          : makers[layer.type](layer).apply(value);
      return layer.activation ? nn[layer.activation]().apply(y) : y;
    }, x);
  const x = nn.input(input);
  const net = nn.graph(x, chain(x, layers));
  for (const [layer, values] of loads)
    for (const [name, value] of Object.entries(values)) {
      if (!value) continue;
      const given = h.tensor(value, { shape: layer[name].shape });
      layer[name].assign(given);
      given.dispose();
    }
  return net;
}

async function trainer(library, { input, layers, x, y, optimizer: { type, ...rates } }) {
  const { h, optim } = library;
  const net = network(library, { input, layers });
  const optimizer = optim[type](rates);
  const lossAndGrads = h.valueAndGrad(net, (x, y) => h.sparseCategoricalCrossentropy(y, net.apply(x)));
  const step = h.jit(
    (x, y) => {
      const [loss, grads] = lossAndGrads(x, y);
      optimizer.update(grads);
      return loss;
    },
    { training: true },
  );
  const xs = h.tensor(x, { shape: [y.length, ...input] });
  const ys = h.tensor(y);
  return {
    async run() {
      const loss = await step(xs, ys);
      const value = await loss.item();
      loss.dispose();
      return value;
    },
  };
}
