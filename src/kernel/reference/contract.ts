/** Matrix products, gather and scatter. */
import { sizeOf } from "../../base/shape.ts";
import type { Node } from "../../graph/node.ts";
import { type GatherAttrs, gather, scatter, scatterAdd } from "../../ops/indexing.ts";
import { matmul, matrixOf } from "../../ops/matmul.ts";
import { around, meaning, type Values, wrap } from "./values.ts";

const product = meaning(matmul, ({ shape, dtype, inputs: [left], attrs }, [a, b]) => {
  const [m, n] = shape.slice(-2);
  const [, k] = matrixOf(left.shape, attrs.transposeA);
  const times = dtype === "float32" ? (x: number, y: number) => x * y : Math.imul;
  const result = new Float64Array(sizeOf(shape));
  for (let at = 0; at < result.length; at++) {
    const batch = Math.floor(at / (m * n));
    const i = Math.floor(at / n) % m;
    const j = at % n;
    for (let p = 0; p < k; p++) {
      const x = a[batch * m * k + (attrs.transposeA ? p * m + i : i * k + p)];
      const y = b[batch * k * n + (attrs.transposeB ? j * k + p : p * n + j)];
      result[at] = wrap(dtype, result[at] + times(x, y));
    }
  }
  return result;
});

/** Pairs each element of the updates with the element of x that its index names; indices are clamped. */
function eachIndexed(
  node: Node<GatherAttrs>,
  indices: Values,
  visit: (x: number, update: number) => void,
): void {
  const { axis, along } = node.attrs;
  const { outer, length, inner } = around(node.inputs[0].shape, axis);
  const count = along ? node.inputs[1].shape[axis] : indices.length;
  for (let update = 0; update < outer * count * inner; update++) {
    const o = Math.floor(update / (count * inner));
    const index = indices[along ? update : Math.floor(update / inner) % count];
    const clamped = Math.min(Math.max(index, 0), length - 1);
    visit((o * length + clamped) * inner + (update % inner), update);
  }
}

export const CONTRACT = [
  product,

  meaning(gather, (node, [x, indices]) => {
    const result = new Float64Array(sizeOf(node.shape));
    eachIndexed(node, indices, (at, update) => {
      result[update] = x[at];
    });
    return result;
  }),

  meaning(scatter, (node, [x, indices, updates]) => {
    const result = x.slice();
    eachIndexed(node, indices, (at, update) => {
      result[at] = updates[update];
    });
    return result;
  }),

  meaning(scatterAdd, (node, [x, indices, updates]) => {
    const result = x.slice();
    eachIndexed(node, indices, (at, update) => {
      result[at] = wrap(node.dtype, result[at] + updates[update]);
    });
    return result;
  }),
];
