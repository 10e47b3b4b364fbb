// The meaning of every kind of layer, forward and backward, as plain loops in float64.
import { size } from "../data.mjs";
import { EPSILON } from "../networks/layers.mjs";

const slotOf = (values) => ({
  value: Float64Array.from(values),
  gradient: new Float64Array(values.length),
});

/** Calls `visit` with the pixel's number, the input pixel's number and the tap of every tap inside the image. */
function walk({ from: [h, w], to: [oh, ow], kernelSize, strides = 1, padding = 0 }, batch, visit) {
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++)
        for (let ky = 0; ky < kernelSize; ky++) {
          const y = i * strides + ky - padding;
          if (y < 0 || y >= h) continue;
          for (let kx = 0; kx < kernelSize; kx++) {
            const x = j * strides + kx - padding;
            if (x >= 0 && x < w) visit((n * oh + i) * ow + j, (n * h + y) * w + x, ky * kernelSize + kx);
          }
        }
}

function biased(bias, length) {
  const y = new Float64Array(length);
  if (bias) for (let i = 0; i < length; i += bias.value.length) y.set(bias.value, i);
  return y;
}

function conv(layer, batch) {
  const [k, b] = [slotOf(layer.kernel), layer.bias && slotOf(layer.bias)];
  const [c, o] = [layer.from[2], layer.to[2]];
  let x;
  const forward = (value) => {
    x = value;
    const y = biased(b, batch * size(layer.to));
    const kernel = k.value;
    walk(layer, batch, (to, from, tap) => {
      const end = (to + 1) * o;
      let at = tap * c * o;
      for (let s = 0; s < c; s++) {
        const scale = value[from * c + s];
        for (let q = to * o; q < end; q++) y[q] += scale * kernel[at++];
      }
    });
    return y;
  };
  const backward = (dy) => {
    const dx = new Float64Array(x.length);
    const { value: kernel, gradient } = k;
    gradient.fill(0);
    b?.gradient.fill(0);
    if (b) for (let i = 0; i < dy.length; i++) b.gradient[i % o] += dy[i];
    walk(layer, batch, (to, from, tap) => {
      const end = (to + 1) * o;
      let at = tap * c * o;
      for (let s = 0; s < c; s++) {
        const scale = x[from * c + s];
        let sum = 0;
        for (let q = to * o; q < end; q++, at++) {
          gradient[at] += scale * dy[q];
          sum += kernel[at] * dy[q];
        }
        dx[from * c + s] += sum;
      }
    });
    return dx;
  };
  return { slots: b ? [k, b] : [k], forward, backward };
}

/** A convolution whose image is one pixel. */
const dense = (layer, batch) =>
  conv({ ...layer, from: [1, 1, layer.from[0]], to: [1, 1, layer.units], kernelSize: 1 }, batch);

function depthwise(layer, batch) {
  const c = layer.from[2];
  return {
    forward(x) {
      const y = new Float64Array(batch * size(layer.to));
      walk(layer, batch, (to, from, tap) => {
        for (let s = 0; s < c; s++) y[to * c + s] += x[from * c + s] * layer.kernel[tap * c + s];
      });
      return y;
    },
  };
}

/** Ioffe & Szegedy 2015: the batch's statistics in training, the running ones otherwise. */
function norm(layer, _, isTraining) {
  const [scale, offset] = [slotOf(layer.scale), slotOf(layer.offset)];
  const channels = layer.scale.length;
  const means = (length, at) => {
    const sums = new Float64Array(channels);
    for (let i = 0; i < length; i++) sums[i % channels] += at(i, i % channels);
    return sums.map((sum) => (sum * channels) / length);
  };
  let [normal, inverse] = [];
  const forward = (x) => {
    const mean = isTraining ? means(x.length, (i) => x[i]) : layer.mean;
    const variance = isTraining ? means(x.length, (i, c) => (x[i] - mean[c]) ** 2) : layer.variance;
    inverse = Float64Array.from(variance, (v) => 1 / Math.sqrt(v + EPSILON));
    normal = x.map((value, i) => (value - mean[i % channels]) * inverse[i % channels]);
    return normal.map((value, i) => value * scale.value[i % channels] + offset.value[i % channels]);
  };
  const backward = (dy) => {
    const count = dy.length / channels;
    const sum = means(dy.length, (i) => dy[i]);
    const product = means(dy.length, (i) => dy[i] * normal[i]);
    offset.gradient.set(sum.map((s) => s * count));
    scale.gradient.set(product.map((s) => s * count));
    return dy.map((d, i) => {
      const c = i % channels;
      return (d - sum[c] - normal[i] * product[c]) * scale.value[c] * inverse[c];
    });
  };
  return { slots: [scale, offset], forward, backward };
}

/** The gradient goes to the first of equals in row-major order. */
function maxPool(layer, batch) {
  const c = layer.from[2];
  let winners;
  return {
    forward(x) {
      const y = new Float64Array(batch * size(layer.to)).fill(-Infinity);
      winners = new Int32Array(y.length);
      walk(layer, batch, (to, from) => {
        for (let s = 0; s < c; s++) {
          if (x[from * c + s] <= y[to * c + s]) continue;
          y[to * c + s] = x[from * c + s];
          winners[to * c + s] = from * c + s;
        }
      });
      return y;
    },
    backward(dy) {
      const dx = new Float64Array(batch * size(layer.from));
      for (let i = 0; i < dy.length; i++) dx[winners[i]] += dy[i];
      return dx;
    },
  };
}

function globalPool({ from: [h, w, c] }, batch) {
  const pixels = h * w;
  /** Its number in the output. */
  const target = (i) => Math.floor(i / (pixels * c)) * c + (i % c);
  return {
    forward(x) {
      const y = new Float64Array(batch * c);
      for (let i = 0; i < x.length; i++) y[target(i)] += x[i] / pixels;
      return y;
    },
    backward: (dy) => Float64Array.from({ length: batch * pixels * c }, (_, i) => dy[target(i)] / pixels),
  };
}

const flatten = () => ({ forward: (x) => x, backward: (dy) => dy });

function subsample(layer, batch) {
  const [c, o] = [layer.from[2], layer.to[2]];
  const front = (o - c) >> 1;
  const copy = (visit) =>
    walk({ ...layer, kernelSize: 1 }, batch, (to, from) => {
      for (let s = 0; s < c; s++) visit(to * o + front + s, from * c + s);
    });
  return {
    forward(x) {
      const y = new Float64Array(batch * size(layer.to));
      copy((to, from) => {
        y[to] = x[from];
      });
      return y;
    },
    backward(dy) {
      const dx = new Float64Array(batch * size(layer.from));
      copy((to, from) => {
        dx[from] = dy[to];
      });
      return dx;
    },
  };
}

function residual({ body, shortcut }, batch, isTraining) {
  const [main, around] = [body, shortcut].map((layers) => chain(layers, batch, isTraining));
  const sum = (a, b) => a.map((value, i) => value + b[i]);
  return {
    slots: [...main.slots, ...around.slots],
    forward: (x) => sum(main.forward(x), around.forward(x)),
    backward: (dy) => sum(main.backward(dy), around.backward(dy)),
  };
}

function activated(activation, { forward, backward, slots }) {
  const most = activation === "relu6" ? 6 : Infinity;
  let y;
  return {
    slots,
    forward(x) {
      y = forward(x).map((value) => Math.min(Math.max(value, 0), most));
      return y;
    },
    backward: (dy) => backward(dy.map((g, i) => (y[i] > 0 && y[i] < most ? g : 0))),
  };
}

const makers = { conv, depthwise, dense, norm, maxPool, globalPool, flatten, subsample, residual };

/** Layers one after the other, without dropout. `slots` are its parameters with their gradients. */
export function chain(layers, batch, isTraining) {
  const made = layers.map((layer) => {
    const plain = makers[layer.type](layer, batch, isTraining);
    return layer.activation ? activated(layer.activation, plain) : plain;
  });
  return {
    slots: made.flatMap(({ slots = [] }) => slots),
    forward: (x) => made.reduce((value, layer) => layer.forward(value), x),
    backward: (dy) => made.reduceRight((gradient, layer) => layer.backward(gradient), dy),
  };
}
