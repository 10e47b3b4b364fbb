/** Tensor methods that summarise along axes: reductions, running sums, sorting. */
import { normalizeAxis } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import * as composites from "../ops/composites.ts";
import { core, reduceNode } from "../ops/core.ts";
import { eq, gt } from "../ops/elementwise/comparison.ts";
import { sqrt } from "../ops/elementwise/exponential.ts";
import { gatherNode } from "../ops/indexing.ts";
import { argReduce, argSort, type ReduceName } from "../ops/reduce.ts";
import { Movement } from "./movement.ts";

/** An axis, several, or all when missing. */
type Axes = number | readonly number[];

export abstract class Reductions extends Movement {
  private reduced(op: ReduceName, axis?: Axes, keepDims?: boolean): this {
    return this.of(reduceNode(op, this.countable, axis, keepDims));
  }

  private get countable(): Node {
    return this.dtype === "bool" ? core.cast(this.node, "int32") : this.node;
  }

  /** The sum along the axes; of bools the count of true ones. */
  sum(axis?: Axes, keepDims = false): this {
    return this.reduced("sum", axis, keepDims);
  }
  /** The product over axes; default: all of them. `keepDims` leaves them with length 1. */
  prod(axis?: Axes, keepDims = false): this {
    return this.reduced("prod", axis, keepDims);
  }
  /** The largest element; NaN wins, ties share the gradient evenly. */
  max(axis?: Axes, keepDims = false): this {
    return this.reduced("max", axis, keepDims);
  }
  /** The smallest element; NaN wins, ties share the gradient evenly. */
  min(axis?: Axes, keepDims = false): this {
    return this.reduced("min", axis, keepDims);
  }
  /** The mean over axes, float32; default: all of them. `keepDims` leaves them with length 1. */
  mean(axis?: Axes, keepDims = false): this {
    return this.of(composites.mean(this.node, axis, keepDims));
  }
  /** The mean squared distance from the mean; divides by n − `correction` (0, as in NumPy and Keras). */
  variance(axis?: Axes, keepDims = false, options: { correction?: number } = {}): this {
    return this.of(composites.variance(this.node, axis, keepDims, options.correction));
  }
  /** The square root of the variance. */
  std(axis?: Axes, keepDims = false, options: { correction?: number } = {}): this {
    return this.of(core.unary(sqrt, composites.variance(this.node, axis, keepDims, options.correction)));
  }
  /** The Euclidean norm. */
  norm(axis?: Axes, keepDims = false): this {
    const squares = core.mul(this.floats, this.floats);
    return this.of(core.unary(sqrt, reduceNode("sum", squares, axis, keepDims)));
  }
  /** Whether any element is true (or not 0); false over nothing. */
  any(axis?: Axes, keepDims = false): this {
    const hits = core.cast(core.cast(this.node, "bool"), "int32");
    return this.of(core.binary(gt, reduceNode("sum", hits, axis, keepDims), 0));
  }
  /** Whether every element is true (or not 0); true over nothing. */
  all(axis?: Axes, keepDims = false): this {
    const misses = core.cast(core.binary(eq, this.node, core.scalar(0, this.dtype)), "int32");
    return this.of(core.binary(eq, reduceNode("sum", misses, axis, keepDims), 0));
  }

  /** Index of the largest element along `axis`, int32; the first of equals. */
  argMax(axis = -1): this {
    return this.of(
      make(argReduce, [this.countable], { op: "max", axis: normalizeAxis("argMax", axis, this.rank) }),
    );
  }
  /** Index of the smallest element along `axis`, int32; the first of equals. */
  argMin(axis = -1): this {
    return this.of(
      make(argReduce, [this.countable], { op: "min", axis: normalizeAxis("argMin", axis, this.rank) }),
    );
  }
  /** Running sum along `axis`, from the end when `reverse`. */
  cumsum(axis = -1, options: { reverse?: boolean } = {}): this {
    return this.of(core.cumulative("sum", this.countable, axis, options.reverse));
  }
  /** Running product along `axis`, from the end when `reverse`. */
  cumprod(axis = -1, options: { reverse?: boolean } = {}): this {
    return this.of(core.cumulative("prod", this.countable, axis, options.reverse));
  }
  /** Indices that sort `axis`, int32; stable, NaN last (first when `descending`). */
  argSort(axis = -1, options: { descending?: boolean } = {}): this {
    const at = normalizeAxis("argSort", axis, this.rank);
    return this.of(make(argSort, [this.countable], { axis: at, descending: options.descending ?? false }));
  }
  /** The elements of `axis` in order; stable, NaN last (first when `descending`). */
  sort(axis = -1, options: { descending?: boolean } = {}): this {
    const at = normalizeAxis("sort", axis, this.rank);
    const order = this.argSort(at, options).node;
    return this.of(gatherNode(this.node, order, { axis: at, along: true }));
  }
}
