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
  const activate = (x, isRelu) => (isRelu ? nn.relu(x) : x);
  const apply = {
    dense: (x, { relu }, { kernel, bias }) => activate(np.matmul(x, kernel).add(bias), relu),
    conv: (x, { relu, filters }, { kernel, bias }) =>
      activate(lax.conv(x, kernel, [1, 1], "VALID").add(bias.reshape([filters, 1, 1])), relu),
    pool: (x) => lax.reduceWindow(x, np.max, [2, 2], [2, 2]),
    flatten: (x) => x.reshape([x.shape[0], -1]),
    dropout(x, { rate }, _, keys) {
      const isKept = random.bernoulli(keys.shift(), 1 - rate, x.shape);
      return np.where(isKept, x.div(1 - rate), 0);
    },
  };
  return (parameters, x, keys) => {
    const left = [...keys];
    return layers.reduce((value, layer, i) => apply[layer.type](value, layer, parameters[i], left), x);
  };
}

/** Loss and gradients, then Adam as in Algorithm 1 of Kingma & Ba 2015, the bias corrections in two numbers. */
function trainingStep(jax, net) {
  const { numpy: np, nn, tree } = jax;
  const { beta1, beta2 } = adam;
  const apply = forward(jax, net);
  const loss = (parameters, x, target, keys) => {
    const logProbabilities = nn.logSoftmax(apply(parameters, x, keys));
    return logProbabilities.mul(target).sum(-1).mean().neg();
  };
  return (parameters, m, v, x, target, keys, rate, offset) => {
    const [value, gradients] = jax.valueAndGrad(loss)(tree.ref(parameters), x, target, keys);
    const newM = tree.map((a, g) => a.mul(beta1).add(g.mul(1 - beta1)), m, tree.ref(gradients));
    const newV = tree.map((a, g) => a.mul(beta2).add(np.square(g).mul(1 - beta2)), v, gradients);
    const moved = (p, a, b) => p.sub(a.mul(rate.ref).div(np.sqrt(b).add(offset.ref)));
    const updated = tree.map(moved, parameters, tree.ref(newM), tree.ref(newV));
    tree.dispose([rate, offset]);
    return [value, updated, newM, newV];
  };
}

async function trainer(jax, { layers, x, y, input }, isCompiled) {
  const { numpy: np, nn, random, tree } = jax;
  const [h, w, c] = input;
  const batch = y.length;
  const net = channelsFirst(layers);
  const inputs =
    input.length === 3
      ? np.array(toChannelsFirst(x, [batch, h, w, c])).reshape([batch, c, h, w])
      : np.array(x).reshape([batch, ...input]);
  const targets = nn.oneHot(np.array(y), 10);
  const parameters = net.map(({ kernel, bias, kernelShape }) =>
    kernel ? { kernel: np.array(kernel).reshape(kernelShape), bias: np.array(bias) } : {},
  );
  const zeros = () => tree.map((p) => np.zerosLike(p), tree.ref(parameters));
  let state = [parameters, zeros(), zeros()];
  let key = random.key(5);
  let count = 0;

  const dropouts = net.filter(({ type }) => type === "dropout").length;
  const splitKey = () => {
    if (dropouts === 0) return [];
    const [next, ...keys] = random.split(key, dropouts + 1);
    key = next;
    return keys;
  };
  const eager = trainingStep(jax, net);
  const step = isCompiled ? jax.jit(eager) : eager;
  return {
    async run() {
      count++;
      const correction = Math.sqrt(1 - adam.beta2 ** count);
      const rate = np.array((adam.learningRate * correction) / (1 - adam.beta1 ** count));
      const offset = np.array(adam.epsilon * correction);
      const [loss, ...next] = step(...state, inputs.ref, targets.ref, splitKey(), rate, offset);
      state = next;
      await jax.blockUntilReady(state);
      return (await loss.data())[0];
    },
  };
}
