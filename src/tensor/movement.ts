/** Tensor methods that rearrange: most cost nothing, they become index arithmetic in the kernels that read them. */
import { fail } from "../base/errors.ts";
import { checkShape, normalizeAxes, normalizeAxis, type Shape, showShape, sizeOf } from "../base/shape.ts";
import { core } from "../ops/core.ts";
import { Elementwise } from "./elementwise.ts";

export abstract class Movement extends Elementwise {
  /** The same elements in another shape; one length may be −1: what remains. */
  reshape(shape: Shape): this {
    return this.of(core.reshape(this.node, resolve(shape, this.shape)));
  }

  /** One axis; or, from axis `from` on, the axes before it kept. */
  flatten(from = 0): this {
    const at = this.rank === 0 ? 0 : normalizeAxis("flatten", from, this.rank);
    const lead = this.shape.slice(0, at);
    return this.of(core.reshape(this.node, [...lead, sizeOf(this.shape.slice(at))]));
  }

  /** Axes in another order; reversed by default. */
  transpose(axes?: readonly number[]): this {
    const order = axes
      ? axes.map((a) => normalizeAxis("transpose", a, this.rank))
      : this.shape.map((_, i) => this.rank - 1 - i);
    if (order.length !== this.rank || new Set(order).size !== this.rank) {
      fail("transpose", `axes must be a permutation of ${this.rank} axes: got ${showShape(order)}`);
    }
    return this.of(core.permute(this.node, order));
  }

  /** Repeats axes of length 1 and prepends axes. */
  broadcastTo(shape: Shape): this {
    return this.of(core.broadcast(this.node, checkShape("broadcastTo", shape)));
  }

  /** A new axis of length 1 before `axis` (−1: at the end). */
  expandDims(axis: number): this {
    const at = normalizeAxis("expandDims", axis, this.rank + 1);
    return this.of(core.reshape(this.node, [...this.shape.slice(0, at), 1, ...this.shape.slice(at)]));
  }

  /** Removes axes of length 1: the given ones, else all. */
  squeeze(axes?: number | readonly number[]): this {
    const gone =
      axes === undefined
        ? this.shape.flatMap((d, i) => (d === 1 ? [i] : []))
        : normalizeAxes("squeeze", axes, this.rank);
    const wide = gone.find((a) => this.shape[a] !== 1);
    if (wide !== undefined) fail("squeeze", `axis ${wide} of ${showShape(this.shape)} is not of length 1`);
    return this.of(
      core.reshape(
        this.node,
        this.shape.filter((_, i) => !gone.includes(i)),
      ),
    );
  }

  /**
   * Elements start, start + step, … below stop of each axis; negative positions count from the end, missing ones mean
   * the whole axis, positions beyond the end stop there. Steps are positive.
   */
  slice(
    start: readonly number[],
    stop: readonly (number | undefined)[] = [],
    step: readonly number[] = [],
  ): this {
    if (Math.max(start.length, stop.length, step.length) > this.rank) {
      fail("slice", `got more positions than the ${this.rank} axes of ${showShape(this.shape)}`);
    }
    const at = (v: number | undefined, size: number, missing: number): number =>
      v === undefined ? missing : Math.min(size, Math.max(0, v < 0 ? v + size : v));
    const from = this.shape.map((d, i) => at(start[i], d, 0));
    const to = this.shape.map((d, i) => Math.max(from[i], at(stop[i], d, d)));
    return this.of(
      core.slice(
        this.node,
        from,
        to,
        this.shape.map((_, i) => step[i] ?? 1),
      ),
    );
  }

  /** Reverses the given axes, all by default. */
  flip(axes?: number | readonly number[]): this {
    return this.of(core.flip(this.node, normalizeAxes("flip", axes, this.rank)));
  }

  /** Adds [before, after] elements of `value` (default 0) to each axis. */
  pad(padding: readonly (readonly [before: number, after: number])[], value = 0): this {
    if (padding.length !== this.rank)
      fail("pad", `needs [before, after] for each of the ${this.rank} axes: got ${padding.length}`);
    return this.of(
      core.pad(
        this.node,
        padding.map((p) => p[0]),
        padding.map((p) => p[1]),
        { value },
      ),
    );
  }

  /** Repeats the tensor `counts[axis]` times along each axis. */
  tile(counts: readonly number[]): this {
    if (counts.length !== this.rank)
      fail("tile", `needs a count for each of the ${this.rank} axes: got ${showShape(counts)}`);
    const spread = this.shape.flatMap((d) => [1, d]);
    const wide = this.shape.flatMap((d, i) => [counts[i], d]);
    const repeated = core.broadcast(core.reshape(this.node, spread), checkShape("tile", wide));
    return this.of(
      core.reshape(
        repeated,
        this.shape.map((d, i) => d * counts[i]),
      ),
    );
  }

  /** Pieces of `axis`: that many equal ones, or of the given lengths. */
  split(pieces: number | readonly number[], axis = 0): this[] {
    const at = normalizeAxis("split", axis, this.rank);
    const length = this.shape[at];
    const sizes = typeof pieces === "number" ? new Array<number>(pieces).fill(length / pieces) : pieces;
    if (!sizes.every(Number.isInteger) || sizes.reduce((n, s) => n + s, 0) !== length) {
      fail("split", `axis ${at} of length ${length} cannot be split into ${JSON.stringify(pieces)}`);
    }
    let from = 0;
    return sizes.map((size) => {
      const start = this.shape.map((_, i) => (i === at ? from : 0));
      from += size;
      const stop = this.shape.map((d, i) => (i === at ? from : d));
      return this.of(core.slice(this.node, start, stop));
    });
  }
}

function resolve(shape: Shape, from: Shape): Shape {
  const open = shape.filter((d) => d === -1).length;
  if (open === 0) return checkShape("reshape", shape);
  const known = sizeOf(shape.filter((d) => d !== -1));
  const rest = sizeOf(from) / known;
  if (open > 1 || !Number.isInteger(rest))
    fail("reshape", `cannot reshape ${showShape(from)} to ${showShape(shape)}`);
  return shape.map((d) => (d === -1 ? rest : d));
}
