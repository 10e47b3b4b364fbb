// Exact values, in float64, of single entries of large results.

/** Entries spread over a result of `length`; the last one is among them. */
const spread = (length, samples = 257) =>
  Array.from({ length: samples }, (_, s) =>
    s === samples - 1 ? length - 1 : Math.floor((s * length) / samples),
  );

export const sampled = (length, exactAt) => spread(length).map(exactAt);

/** The largest error of `got`, or of its spread entries where `exact` has only these, relative to the largest value. */
export function largestError(got, exact) {
  const at = got.length === exact.length ? [...exact.keys()] : spread(got.length, exact.length);
  let error = 0;
  let largest = 0;
  exact.forEach((value, s) => {
    largest = Math.max(largest, Math.abs(value));
    const difference = Math.abs(got[at[s]] - value);
    if (!(difference <= error)) error = difference; // NaN stays
  });
  return error / largest;
}

/** Entry i of the product of two n × n matrices. */
export const matmulAt = (a, b, n) => (i) => {
  const row = i - (i % n);
  let sum = 0;
  for (let k = 0; k < n; k++) sum += a[row + k] * b[k * n + (i % n)];
  return sum;
};

/** Entry i of a convolution with same padding: x [n, h, w, c], kernel [k, k, c / groups, o]. */
export const convAt =
  ({ x, kernel, shape: [, h, w, c], kernelShape: [taps, , inner, o] }) =>
  (i) => {
    const [out, column, row] = [i % o, Math.floor(i / o) % w, Math.floor(i / o / w) % h];
    const image = Math.floor(i / o / w / h) * h * w;
    const first = c === inner ? 0 : out; // of the input channels; depthwise: one each
    const border = (taps - 1) / 2;
    let sum = 0;
    for (let ky = 0; ky < taps; ky++)
      for (let kx = 0; kx < taps; kx++) {
        const [sy, sx] = [row + ky - border, column + kx - border];
        if (sy < 0 || sy >= h || sx < 0 || sx >= w) continue;
        for (let k = 0; k < inner; k++)
          sum += x[(image + sy * w + sx) * c + first + k] * kernel[((ky * taps + kx) * inner + k) * o + out];
      }
    return sum;
  };

/** The sum over rows of gelu(x·w + b); x [rows, columns]. */
export function geluSum(x, w, b) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const z = x[i] * w[i % w.length] + b[i % b.length];
    sum += 0.5 * z * (1 + erf(z * Math.SQRT1_2));
  }
  return sum;
}

/** Its Maclaurin series: exact enough below 3. */
function erf(z) {
  if (Math.abs(z) >= 3) throw new Error(`the series of erf is for arguments below 3: got ${z}`);
  let term = z;
  let sum = z;
  for (let n = 1; Math.abs(term) > 1e-12; n++) {
    term *= (-z * z) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
