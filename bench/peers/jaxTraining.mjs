// A training step on jax-js: loss and gradients, then the optimizer's update. It keeps no running statistics.
import { toChannelsFirst } from "../data.mjs";
import { channelsFirst } from "../networks/layers.mjs";
import { forward, parametersOf } from "./jaxNetwork.mjs";

/** `count` states per parameter, updated in `update(parameters, states, gradients, numbers)`; `numbers` change per step. */
const optimizers = {
  /** Algorithm 1 of Kingma & Ba 2015, the bias corrections in two numbers. */
  adam: ({ numpy: np, tree }, { learningRate, beta1, beta2, epsilon }) => ({
    count: 2,
    numbers(step) {
      const correction = Math.sqrt(1 - beta2 ** step);
      return [(learningRate * correction) / (1 - beta1 ** step), epsilon * correction];
    },
    update(parameters, [m, v], gradients, [rate, offset]) {
      const newM = tree.map((a, g) => a.mul(beta1).add(g.mul(1 - beta1)), m, tree.ref(gradients));
      const newV = tree.map((a, g) => a.mul(beta2).add(np.square(g).mul(1 - beta2)), v, gradients);
      const moved = (p, a, b) => p.sub(a.mul(rate.ref).div(np.sqrt(b).add(offset.ref)));
      const updated = tree.map(moved, parameters, tree.ref(newM), tree.ref(newV));
      tree.dispose([rate, offset]);
      return [updated, newM, newV];
    },
  }),
  /** v ← αv + g, w ← w − ηv. */
  sgd: ({ tree }, { learningRate, momentum }) => ({
    count: 1,
    numbers: () => [],
    update(parameters, [v], gradients) {
      const newV = tree.map((a, g) => a.mul(momentum).add(g), v, gradients);
      return [tree.map((p, a) => p.sub(a.mul(learningRate)), parameters, tree.ref(newV)), newV];
    },
  }),
};

function trainingStep(jax, net, { update }) {
  const { nn, tree } = jax;
  const apply = forward(jax, net);
  const loss = (parameters, x, target, keys) => {
    const logProbabilities = nn.logSoftmax(apply(parameters, x, keys));
    return logProbabilities.mul(target).sum(-1).mean().neg();
  };
  return (parameters, states, x, target, keys, numbers) => {
    const [value, gradients] = jax.valueAndGrad(loss)(tree.ref(parameters), x, target, keys);
    return [value, ...update(parameters, states, gradients, numbers)];
  };
}

export async function trainer(jax, { layers, x, y, input, optimizer: { type, ...rates } }, isCompiled) {
  const { numpy: np, nn, random, tree } = jax;
  const [h, w, c] = input;
  const batch = y.length;
  const net = channelsFirst(layers);
  const inputs =
    input.length === 3
      ? np.array(toChannelsFirst(x, [batch, h, w, c])).reshape([batch, c, h, w])
      : np.array(x).reshape([batch, ...input]);
  const targets = nn.oneHot(np.array(y), 10);
  const optimizer = optimizers[type](jax, rates);
  let parameters = parametersOf(jax, net);
  const zeros = () => tree.map((p) => np.zerosLike(p), tree.ref(parameters));
  let states = Array.from({ length: optimizer.count }, zeros);
  let key = random.key(5);
  let count = 0;

  const dropouts = net.filter((layer) => layer.type === "dropout").length;
  const splitKey = () => {
    if (dropouts === 0) return [];
    const [next, ...keys] = random.split(key, dropouts + 1);
    key = next;
    return keys;
  };
  const eager = trainingStep(jax, net, optimizer);
  const step = isCompiled ? jax.jit(eager) : eager;
  return {
    async run() {
      const numbers = optimizer.numbers(++count).map((value) => np.array(value));
      const [loss, ...next] = step(parameters, states, inputs.ref, targets.ref, splitKey(), numbers);
      [parameters, ...states] = next;
      await jax.blockUntilReady(next);
      return (await loss.data())[0];
    },
  };
}
