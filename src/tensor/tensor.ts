/** The tensor that users hold: a handle on a graph node. Ops record; values are computed when they are read. */
import { promote } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { normalizeAxis, showShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import * as composites from "../ops/composites.ts";
import { conv2d, conv2dTranspose, depthwiseConv2d, type TransposeOptions } from "../ops/conv.ts";
import { core } from "../ops/core.ts";
import { gatherNode, scatter, scatterAdd } from "../ops/indexing.ts";
import { type AvgPoolOptions, avgPool2d, maxPool2d, type PoolOptions } from "../ops/pool.ts";
import type { WindowOptions } from "../ops/window.ts";
import type { Storage } from "../runtime/storage.ts";
import { handleOf, type Operand, type Valued } from "./handle.ts";
import { Reductions } from "./reduce.ts";

/** Values of one dtype on a grid of any rank. Ops record; values are computed when they are read. */
export class Tensor extends Reductions {
  /**
   * The matrix product: [..., m, k] × [..., k, n] → [..., m, n]. Batch axes broadcast; a vector on the left counts as a
   * row, on the right as a column, and its axis is dropped again.
   */
  matmul(operand: Tensor | Valued<Tensor>): Tensor {
    const other = handleOf(operand);
    if (this.rank === 0 || other.rank === 0) {
      fail("matmul", `expects vectors or matrices: got ${showShape(this.shape)} × ${showShape(other.shape)}`);
    }
    const [x, y] = this.promoted(other);
    const left = this.rank === 1 ? core.reshape(x, [1, ...this.shape]) : x;
    const right = other.rank === 1 ? core.reshape(y, [...other.shape, 1]) : y;
    const product = batched(left, right);
    const shape = product.shape.filter(
      (_, i) =>
        !(this.rank === 1 && i === product.shape.length - 2) &&
        !(other.rank === 1 && i === product.shape.length - 1),
    );
    return new Tensor(core.reshape(product, shape));
  }

  /** 2-D cross-correlation: x [n, h, w, c], kernel [kh, kw, c / groups, filters] → [n, h', w', filters]. */
  conv2d(kernel: Tensor | Valued<Tensor>, options: WindowOptions = {}): Tensor {
    return new Tensor(conv2d(this.floats, handleOf(kernel).floats, options));
  }
  /** Each channel with filters of its own: kernel [kh, kw, c, multiplier] → [n, h', w', c · multiplier]. */
  depthwiseConv2d(kernel: Tensor | Valued<Tensor>, options: Omit<WindowOptions, "groups"> = {}): Tensor {
    return new Tensor(depthwiseConv2d(this.floats, handleOf(kernel).floats, options));
  }
  /** Transposed convolution: kernel [kh, kw, filters, c] → [n, h', w', filters]. */
  conv2dTranspose(kernel: Tensor | Valued<Tensor>, options: TransposeOptions = {}): Tensor {
    return new Tensor(conv2dTranspose(this.floats, handleOf(kernel).floats, options));
  }
  /** The largest element of each window of [n, h, w, c]; the first of equals has the gradient. */
  maxPool2d(options: PoolOptions = {}): Tensor {
    return new Tensor(maxPool2d(this.floats, options));
  }
  /** The mean of each window of [n, h, w, c]; padding does not count unless `countPadding`. */
  avgPool2d(options: AvgPoolOptions = {}): Tensor {
    return new Tensor(avgPool2d(core, this.floats, options));
  }

  /** Elements of `axis` at int32 `indices` of any shape, which replaces the axis. */
  take(indices: Tensor, axis = 0): Tensor {
    const at = normalizeAxis("take", axis, this.rank);
    checkIndices("take", indices, this.shape[at]);
    return new Tensor(gatherNode(this.node, indices.node, { axis: at, along: false }));
  }
  /** Elements of `axis` at int32 `indices`, which have the shape of x but for that axis. */
  takeAlongAxis(indices: Tensor, axis = -1): Tensor {
    const at = normalizeAxis("takeAlongAxis", axis, this.rank);
    checkIndices("takeAlongAxis", indices, this.shape[at]);
    return new Tensor(gatherNode(this.node, indices.node, { axis: at, along: true }));
  }
  /** x with `updates` set at `indices` of `axis`; the last of equal indices wins. */
  scatter(indices: Tensor, updates: Tensor, axis = 0): Tensor {
    const at = normalizeAxis("scatter", axis, this.rank);
    checkIndices("scatter", indices, this.shape[at]);
    return new Tensor(make(scatter, [this.node, indices.node, updates.node], { axis: at, along: false }));
  }
  /** x with `updates` added at `indices` of `axis`, in order. */
  scatterAdd(indices: Tensor, updates: Tensor, axis = 0): Tensor {
    const at = normalizeAxis("scatterAdd", axis, this.rank);
    checkIndices("scatterAdd", indices, this.shape[at]);
    return new Tensor(make(scatterAdd, [this.node, indices.node, updates.node], { axis: at, along: false }));
  }
  /** Rows of the identity: int32 [...] → float32 [..., depth]. */
  oneHot(depth: number): Tensor {
    checkIndices("oneHot", this, depth);
    return new Tensor(composites.oneHot(this.node, depth));
  }

  /** x where the condition (this, a bool) holds, else y. */
  where(x: Operand<Tensor>, y: Operand<Tensor>): Tensor {
    if (typeof x === "number" && typeof y === "number") return new Tensor(core.where(this.node, x, y));
    const [a, b] =
      typeof x === "number"
        ? handleOf(y as Tensor)
            .promoted(x)
            .reverse()
        : handleOf(x).promoted(y);
    return new Tensor(core.where(this.node, a, b));
  }

  /** (x − mean) / √(variance + ε) over `axes` (the last by default), scaled and shifted. Ba et al. 2016. */
  layerNorm(
    options: { scale?: Tensor; offset?: Tensor; epsilon?: number; axes?: readonly number[] } = {},
  ): Tensor {
    const { scale, offset, epsilon = 1e-3, axes } = options;
    return new Tensor(
      composites.layerNorm(this.floats, { scale: scale?.node, offset: offset?.node, epsilon, axes }),
    );
  }
  /** (x − mean) / √(variance + ε), scaled and shifted; the statistics broadcast. Ioffe & Szegedy 2015. */
  batchNorm(
    mean: Tensor,
    variance: Tensor,
    options: { scale?: Tensor; offset?: Tensor; epsilon?: number } = {},
  ): Tensor {
    const { scale, offset, epsilon = 1e-3 } = options;
    return new Tensor(
      composites.normalize(this.floats, mean.node, variance.node, epsilon, scale?.node, offset?.node),
    );
  }
}

/** A matrix with batch axes times one without folds them into its rows; otherwise they broadcast. */
function batched(a: Node, b: Node): Node {
  if (b.shape.length === 2 && a.shape.length > 2) {
    const rows = a.shape.slice(0, -1);
    const k = a.shape[a.shape.length - 1];
    const flat = core.reshape(a, [rows.reduce((n, d) => n * d, 1), k]);
    return core.reshape(core.matmul(flat, b), [...rows, b.shape[1]]);
  }
  const rank = Math.max(a.shape.length, b.shape.length);
  const batch = Array.from({ length: rank - 2 }, (_, i) => {
    const at = (x: Node): number => x.shape[i - (rank - x.shape.length)] ?? 1;
    if (at(a) !== at(b) && at(a) !== 1 && at(b) !== 1) {
      fail("matmul", `batch axes do not broadcast: got ${showShape(a.shape)} × ${showShape(b.shape)}`);
    }
    return at(a) === 1 ? at(b) : at(a);
  });
  const spread = (x: Node): Node => core.broadcast(x, [...batch, ...x.shape.slice(-2)]);
  return core.matmul(spread(a), spread(b));
}

/** Indices that are still on the host are checked at once. */
function checkIndices(where: string, indices: Tensor, length: number): void {
  if (indices.dtype !== "int32") fail(where, `indices must be int32: got ${indices.dtype}`);
  const host = (indices.node.storage as Storage | undefined)?.host;
  const wrong = host?.find((i) => i < 0 || i >= length);
  if (wrong !== undefined) fail(where, `indices must lie in [0, ${length}): got ${wrong}`);
}

/** Joins tensors along an existing axis. */
export function concat(parts: readonly Tensor[], axis = 0): Tensor {
  if (parts.length === 0) fail("concat", "expects at least one tensor");
  const dtype = parts.map((p) => p.dtype).reduce(promote);
  return new Tensor(
    core.concat(
      parts.map((p) => core.cast(p.node, dtype)),
      normalizeAxis("concat", axis, parts[0].rank),
    ),
  );
}

/** Joins tensors of one shape along a new axis. */
export function stack(parts: readonly Tensor[], axis = 0): Tensor {
  if (parts.length === 0) fail("stack", "expects at least one tensor");
  const at = normalizeAxis("stack", axis, parts[0].rank + 1);
  return concat(
    parts.map((p) => p.expandDims(at)),
    at,
  );
}
