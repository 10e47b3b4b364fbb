// The output of a network and its first training steps, in float64. Layers are as `initialize` returns them.
import { chain } from "./layers.mjs";

/** The output for one sample. */
export const output = (layers, x) => [...chain(layers, 1, false).forward(Float64Array.from(x))];

/** The losses of `steps` steps on one batch, before each update. */
export function trainingLosses(layers, { x, y, optimizer }, steps) {
  const net = chain(layers, y.length, true);
  const update = optimizers[optimizer.type](optimizer);
  const losses = [];
  for (let step = 1; step <= steps; step++) {
    const { loss, gradient } = crossEntropy(net.forward(Float64Array.from(x)), y);
    losses.push(loss);
    net.backward(gradient);
    for (const slot of net.slots) update(slot, step);
  }
  return losses;
}

function crossEntropy(logits, y) {
  const classes = logits.length / y.length;
  const gradient = new Float64Array(logits.length);
  let loss = 0;
  for (let r = 0; r < y.length; r++) {
    const row = logits.subarray(r * classes, (r + 1) * classes);
    const largest = Math.max(...row);
    const sum = row.reduce((s, v) => s + Math.exp(v - largest), 0);
    loss += (Math.log(sum) + largest - row[y[r]]) / y.length;
    for (let c = 0; c < classes; c++)
      gradient[r * classes + c] = (Math.exp(row[c] - largest) / sum - (c === y[r] ? 1 : 0)) / y.length;
  }
  return { loss, gradient };
}

const optimizers = {
  /** Algorithm 1 of Kingma & Ba 2015. */
  adam({ learningRate, beta1, beta2, epsilon }) {
    return (slot, step) => {
      const { value, gradient } = slot;
      slot.m ??= new Float64Array(value.length);
      slot.v ??= new Float64Array(value.length);
      const [c1, c2] = [1 - beta1 ** step, 1 - beta2 ** step];
      for (let i = 0; i < value.length; i++) {
        slot.m[i] = beta1 * slot.m[i] + (1 - beta1) * gradient[i];
        slot.v[i] = beta2 * slot.v[i] + (1 - beta2) * gradient[i] ** 2;
        value[i] -= (learningRate * (slot.m[i] / c1)) / (Math.sqrt(slot.v[i] / c2) + epsilon);
      }
    };
  },
  /** v ← αv + g, w ← w − ηv. */
  sgd({ learningRate, momentum }) {
    return (slot) => {
      const { value, gradient } = slot;
      slot.v ??= new Float64Array(value.length);
      for (let i = 0; i < value.length; i++) {
        slot.v[i] = momentum * slot.v[i] + gradient[i];
        value[i] -= learningRate * slot.v[i];
      }
    };
  },
};
