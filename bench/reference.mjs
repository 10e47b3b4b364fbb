// What every engine's results are compared with: plain loops in float64.
import { adam } from "./networks.mjs";

/** The largest error of `samples` spread values against their exact ones, relative to the largest exact one. */
export function sampledError(got, exactAt, samples = 257) {
  let error = 0;
  let largest = 0;
  for (let s = 0; s < samples; s++) {
    const i = s === samples - 1 ? got.length - 1 : Math.floor((s * got.length) / samples);
    const exact = exactAt(i);
    largest = Math.max(largest, Math.abs(exact));
    if (!(Math.abs(got[i] - exact) <= error)) error = Math.abs(got[i] - exact); // NaN stays
  }
  return error / largest;
}

/** Entry i of the product of two n × n matrices. */
export const matmulAt = (a, b, n) => (i) => {
  const row = i - (i % n);
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[row + k] * b[k * n + (i % n)];
  return sum;
};

/** Entry i of a 3×3 convolution with same padding: x [h, w, c], kernel [3, 3, c, o]. */
export const convAt =
  (x, kernel, [h, w, c, o]) =>
  (i) => {
    const [out, column, row] = [i % o, Math.floor(i / o) % w, Math.floor(i / o / w)];
    let sum = 0;
    for (let ky = 0; ky < 3; ky++)
      for (let kx = 0; kx < 3; kx++) {
        const [sy, sx] = [row + ky - 1, column + kx - 1];
        if (sy < 0 || sy >= h || sx < 0 || sx >= w) continue;
        for (let k = 0; k < c; k++)
          sum += x[(sy * w + sx) * c + k] * kernel[((ky * 3 + kx) * c + k) * o + out];
      }
    return sum;
  };

/** The losses of `steps` Adam steps on one batch, before each update. Layers as `initialize` returns them. */
export function trainingLosses(layers, x, y, steps) {
  const batch = y.length;
  const net = layers.map((layer) => makers[layer.type](layer, batch));
  const losses = [];
  for (let step = 1; step <= steps; step++) {
    const logits = net.reduce((value, layer) => layer.forward(value), Float64Array.from(x));
    const { loss, gradient } = crossEntropy(logits, y);
    losses.push(loss);
    net.reduceRight((dy, layer) => layer.backward(dy), gradient);
    for (const { slots = [] } of net) for (const slot of slots) adamUpdate(slot, step);
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

const slotOf = (values) => ({
  value: Float64Array.from(values),
  gradient: new Float64Array(values.length),
  m: new Float64Array(values.length),
  v: new Float64Array(values.length),
});

/** Algorithm 1 of Kingma & Ba 2015. */
function adamUpdate({ value, gradient, m, v }, step) {
  const { learningRate, beta1, beta2, epsilon } = adam;
  const [c1, c2] = [1 - beta1 ** step, 1 - beta2 ** step];
  for (let i = 0; i < value.length; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
    v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] ** 2;
    value[i] -= (learningRate * (m[i] / c1)) / (Math.sqrt(v[i] / c2) + epsilon);
  }
}

/** A product with windows of one size: a dense layer is a convolution whose image is one pixel. */
function windowed({ kernel, bias, relu }, batch, [h, w, c], taps) {
  const [k, b] = [slotOf(kernel), slotOf(bias)];
  const o = bias.length;
  const [oh, ow] = [h - taps + 1, w - taps + 1];
  let [x, y] = [];
  /** Calls `visit` with the offsets of every pixel, and of the input pixel and kernel row of every tap and channel. */
  const walk = (pixel, visit) => {
    for (let n = 0; n < batch; n++)
      for (let i = 0; i < oh; i++)
        for (let j = 0; j < ow; j++) {
          const to = ((n * oh + i) * ow + j) * o;
          pixel(to);
          for (let ky = 0; ky < taps; ky++)
            for (let kx = 0; kx < taps; kx++) {
              const from = ((n * h + i + ky) * w + j + kx) * c;
              for (let s = 0; s < c; s++) visit(to, from + s, ((ky * taps + kx) * c + s) * o);
            }
        }
  };
  const forward = (value) => {
    x = value;
    y = new Float64Array(batch * oh * ow * o);
    walk(
      (to) => y.set(b.value, to),
      (to, from, row) => {
        const s = x[from];
        for (let q = 0; q < o; q++) y[to + q] += s * k.value[row + q];
      },
    );
    if (relu) for (let i = 0; i < y.length; i++) if (y[i] < 0) y[i] = 0;
    return y;
  };
  const backward = (dy) => {
    const d = relu ? dy.map((g, i) => (y[i] > 0 ? g : 0)) : dy;
    const dx = new Float64Array(x.length);
    k.gradient.fill(0);
    b.gradient.fill(0);
    walk(
      (to) => {
        for (let q = 0; q < o; q++) b.gradient[q] += d[to + q];
      },
      (to, from, row) => {
        const s = x[from];
        let sum = 0;
        for (let q = 0; q < o; q++) {
          k.gradient[row + q] += s * d[to + q];
          sum += k.value[row + q] * d[to + q];
        }
        dx[from] += sum;
      },
    );
    return dx;
  };
  return { slots: [k, b], forward, backward };
}

const makers = {
  dense: (layer, batch) => windowed(layer, batch, [1, 1, layer.from[0]], 1),
  conv: (layer, batch) => windowed(layer, batch, layer.from, 3),
  flatten: () => ({ forward: (x) => x, backward: (dy) => dy }),
  /** 2×2 maximum; the gradient goes to the first of equals in row-major order. */
  pool({ from: [h, w, c] }, batch) {
    let winners;
    return {
      forward(x) {
        winners = new Int32Array(batch * (h >> 1) * (w >> 1) * c);
        return Float64Array.from(winners, (_, at) => {
          const s = at % c;
          const j = Math.floor(at / c) % (w >> 1);
          const i = Math.floor(at / c / (w >> 1)); // over the batch: images have an even height
          const corner = (2 * i * w + 2 * j) * c + s;
          let best = corner;
          for (const next of [corner + c, corner + w * c, corner + w * c + c])
            if (x[next] > x[best]) best = next;
          winners[at] = best;
          return x[best];
        });
      },
      backward(dy) {
        const dx = new Float64Array(batch * h * w * c);
        for (let i = 0; i < dy.length; i++) dx[winners[i]] += dy[i];
        return dx;
      },
    };
  },
};
