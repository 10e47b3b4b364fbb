/** Batched matrix product: [...batch, m, k] × [...batch, k, n], either side stored transposed. */
import { fail } from "../base/errors.ts";
import { sameShape, showShape } from "../base/shape.ts";
import type { OpDef } from "../graph/node.ts";

interface MatmulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export const matmul: OpDef<MatmulAttrs> = {
  name: "matmul",
  kind: "heavy",
  infer([a, b], { transposeA, transposeB }) {
    const got = `got ${showShape(a.shape)}${transposeA ? "ᵀ" : ""} × ${showShape(b.shape)}${transposeB ? "ᵀ" : ""}`;
    const rank = a.shape.length;
    if (rank < 2 || b.shape.length !== rank) fail("matmul", `expects matrices of one rank ≥ 2: ${got}`);
    const [m, k] = matrixOf(a.shape, transposeA);
    const [kb, n] = matrixOf(b.shape, transposeB);
    if (k !== kb) fail("matmul", `inner dimensions must agree: ${got}`);
    const batch = a.shape.slice(0, -2);
    if (!sameShape(batch, b.shape.slice(0, -2))) fail("matmul", `batch dimensions must agree: ${got}`);
    if (a.dtype !== b.dtype || a.dtype === "bool") {
      fail("matmul", `expects numbers of one dtype: got ${a.dtype} × ${b.dtype}`);
    }
    return { shape: [...batch, m, n], dtype: a.dtype };
  },
  vjp(c, { inputs: [a, b], attrs: { transposeA, transposeB } }, dy) {
    return [
      transposeA
        ? c.matmul(b, dy, { transposeA: transposeB, transposeB: true })
        : c.matmul(dy, b, { transposeB: !transposeB }),
      transposeB
        ? c.matmul(dy, a, { transposeA: true, transposeB: transposeA })
        : c.matmul(a, dy, { transposeA: !transposeA }),
    ];
  },
  flops: ({ shape, inputs: [a], attrs }) =>
    2 * shape.reduce((n, d) => n * d, 1) * a.shape[a.shape.length - (attrs.transposeA ? 2 : 1)],
  takesEpilogue: true,
  multiplies: true,
};

/** [rows, columns] of the last two axes as the product sees them. */
export function matrixOf(shape: readonly number[], transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}
