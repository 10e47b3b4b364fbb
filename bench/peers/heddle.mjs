// Heddle through its public interface, from the built package, on the wasm backend. Its way of losing no time is that
// of the documentation: a compiled function.
import { readFileSync } from "node:fs";
import * as h from "../../dist/index.js";
import * as nn from "../../dist/nn/index.js";
import * as optim from "../../dist/optim/index.js";
import { adam } from "../networks.mjs";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

export async function start({ threads }) {
  const info = await h.setDevice("wasm", { threads });
  if (info.lanes !== threads) throw new Error(`asked for ${threads} threads: got ${info.adapter}`);

  const job = (f, ...args) => {
    const compiled = h.jit(f);
    return {
      async run() {
        const y = await compiled(...args);
        const values = await y.data();
        y.dispose();
        return values;
      },
    };
  };

  return {
    version: `${version}, ${info.adapter}`,
    async matmul({ a, b, n }) {
      const shape = [n, n];
      return job((x, y) => x.matmul(y), h.tensor(a, { shape }), h.tensor(b, { shape }));
    },
    async conv({ x, kernel, shape: [height, width, channels, filters] }) {
      return job(
        (x, kernel) => x.conv2d(kernel, { padding: "same" }),
        h.tensor(x, { shape: [1, height, width, channels] }),
        h.tensor(kernel, { shape: [3, 3, channels, filters] }),
      );
    },
    train: trainer,
  };
}

const makers = {
  conv: ({ filters, relu }) => nn.conv2d({ filters, kernelSize: 3, activation: relu ? "relu" : undefined }),
  dense: ({ units, relu }) => nn.dense({ units, activation: relu ? "relu" : undefined }),
  pool: () => nn.maxPool2d({ poolSize: 2 }),
  flatten: () => nn.flatten(),
  dropout: ({ rate }) => nn.dropout({ rate }),
};

async function trainer({ input, layers, x, y }) {
  const net = nn.sequential(
    layers.map((layer) => makers[layer.type](layer)),
    { inputShape: input },
  );
  layers.forEach(({ kernel, kernelShape, bias }, i) => {
    if (!kernel) return;
    net.layers[i].kernel.assign(h.tensor(kernel, { shape: kernelShape }));
    net.layers[i].bias.assign(h.tensor(bias));
  });
  const optimizer = optim.adam(adam);
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
