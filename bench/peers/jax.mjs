// jax-js on its wasm backend. Node has no global Worker, so it computes on this thread alone. Arrays are moved into
// functions: `.ref` keeps one. It computes convolutions channels first. `jit` compiles the training step.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { toChannelsFirst, toChannelsLast, toKernelFirst } from "../data.mjs";
import { adam, channelsFirst } from "../networks.mjs";

function version() {
  const entry = createRequire(import.meta.url).resolve("@jax-js/jax");
  return JSON.parse(readFileSync(join(dirname(entry), "../package.json"), "utf8")).version;
}

export async function start({ jit = false } = {}) {
  globalThis.navigator ??= { userAgent: "Node.js" }; // read by the kernel generator; Node 20 has none
  const jax = await import("@jax-js/jax");
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const { numpy: np, lax } = jax;
  const array = (values, shape) => np.array(values).reshape(shape);

  return {
    version: version(),
    async matmul({ a, b, n }) {
      const [ja, jb] = [array(a, [n, n]), array(b, [n, n])];
      return { run: () => np.matmul(ja.ref, jb.ref).data() };
    },
    async conv({ x, kernel, shape: [h, w, c, o] }) {
      const jx = array(toChannelsFirst(x, [1, h, w, c]), [1, c, h, w]);
      const jk = array(toKernelFirst(kernel, [3, 3, c, o]), [o, c, 3, 3]);
      const run = () => lax.conv(jx.ref, jk.ref, [1, 1], "SAME").data();
      return { run, result: async () => toChannelsLast(await run(), [1, h, w, o]) };
    },
    train: (job) => trainer(jax, job, jit),
  };
}

/** The forward pass of initialized layers; consumes its arguments. */
function forward({ numpy: np, lax, nn, random }, layers) {
  const apply = {
    dense: (x, { relu }, { kernel, bias }) => activate(np.matmul(x, kernel).add(bias), relu),
    conv: (x, { relu, filters }, { kernel, bias }) =>
      activate(lax.conv(x, kernel, [1, 1], "VALID").add(bias.reshape([filters, 1, 1])), relu),
    pool: (x) => lax.reduceWindow(x, np.max, [2, 2], [2, 2]),
    flatten: (x) => x.reshape([x.shape[0], -1]),
    dropout(x, { rate }, _, key) {
      const kept = random.bernoulli(key, 1 - rate, x.shape);
      return np.where(kept, x.div(1 - rate), 0);
    },
  };
  const activate = (x, relu) => (relu ? nn.relu(x) : x);
  return (parameters, x, keys) => {
    let next = 0;
    const logits = layers.reduce(
      (value, layer, i) =>
        apply[layer.type](value, layer, parameters[i], layer.type === "dropout" ? keys[next++] : undefined),
      x,
    );
    return logits;
  };
}

async function trainer(jax, { layers, x, y, input }, jit) {
  const { numpy: np, nn, random, tree } = jax;
  const batch = y.length;
  const net = channelsFirst(layers);
  const images = input.length === 3;
  const [h, w, c] = input;
  const xs = images
    ? np.array(toChannelsFirst(x, [batch, h, w, c])).reshape([batch, c, h, w])
    : np.array(x).reshape([batch, ...input]);
  const ys = nn.oneHot(np.array(y), 10);
  let parameters = net.map(({ kernel, bias, kernelShape }) =>
    kernel ? { kernel: np.array(kernel).reshape(kernelShape), bias: np.array(bias) } : {},
  );
  let m = tree.map((p) => np.zerosLike(p), tree.ref(parameters));
  let v = tree.map((p) => np.zerosLike(p), tree.ref(parameters));
  const dropouts = net.filter(({ type }) => type === "dropout").length;
  let randomKey = random.key(5);

  const apply = forward(jax, net);
  const loss = (p, images, target, keys) =>
    nn
      .logSoftmax(apply(p, images, keys))
      .mul(target)
      .sum(-1)
      .mean()
      .neg();
  const { beta1, beta2, epsilon } = adam;

  function update(p, m, v, images, target, keys, rate, offset) {
    const [value, g] = jax.valueAndGrad(loss)(tree.ref(p), images, target, keys);
    const newM = tree.map((a, b) => a.mul(beta1).add(b.mul(1 - beta1)), m, tree.ref(g));
    const newV = tree.map((a, b) => a.mul(beta2).add(np.square(b).mul(1 - beta2)), v, g);
    const newP = tree.map(
      (w, a, b) => w.sub(a.mul(rate.ref).div(np.sqrt(b).add(offset.ref))),
      p,
      tree.ref(newM),
      tree.ref(newV),
    );
    rate.dispose();
    offset.dispose();
    return [value, newP, newM, newV];
  }
  const step = jit ? jax.jit(update) : update;

  let count = 0;
  return {
    async run() {
      count++;
      // As Algorithm 1 of Kingma & Ba 2015, with the corrections of the bias in two numbers.
      const correction = Math.sqrt(1 - beta2 ** count);
      const rate = np.array((adam.learningRate * correction) / (1 - beta1 ** count));
      const offset = np.array(epsilon * correction);
      let keys = [];
      if (dropouts > 0) {
        const [first, ...rest] = random.split(randomKey, dropouts + 1);
        [randomKey, keys] = [first, rest];
      }
      const [value, ...next] = step(parameters, m, v, xs.ref, ys.ref, keys, rate, offset);
      [parameters, m, v] = next;
      await jax.blockUntilReady(next);
      return (await value.data())[0];
    },
  };
}
