/** Matrices with orthonormal columns (or rows, where those are fewer), on the host: a decomposition runs there. */
import { type Shape, sizeOf } from "../base/shape.ts";
import { hostBitsOf } from "../runtime/random.ts";

/**
 * Columns of normal numbers, made orthonormal one after the other, twice, as once leaves rounding errors. Their signs
 * are those of the QR decomposition with a positive diagonal, which makes all rotations equally likely.
 * Sources: Saxe et al. 2014; Mezzadri, "How to generate random matrices from the classical compact groups" (2007).
 */
export function orthonormal(
  shape: Shape,
  path: string,
  seed: number | undefined,
  gain: number,
): Float32Array {
  const columns = shape[shape.length - 1] ?? 1;
  const rows = sizeOf(shape) / columns;
  const [length, count] = [Math.max(rows, columns), Math.min(rows, columns)];
  const normal = normals(hostBitsOf(path, 2 * length * count, seed));
  const basis: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = normal.slice(i * length, (i + 1) * length);
    for (const other of [...basis, ...basis]) {
      const along = dot(vector, other);
      for (let k = 0; k < length; k++) vector[k] -= along * other[k];
    }
    const scale = 1 / Math.sqrt(dot(vector, vector));
    basis.push(vector.map((v) => v * scale));
  }
  const isTall = rows >= columns;
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return gain * (isTall ? basis[column][row] : basis[row][column]);
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Standard normal numbers, two words each. Box & Muller 1958. */
function normals(words: Uint32Array): Float64Array {
  return Float64Array.from({ length: words.length / 2 }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - words[2 * i] / 2 ** 32));
    return radius * Math.cos((2 * Math.PI * words[2 * i + 1]) / 2 ** 32);
  });
}
