/** Local response normalisation across channels. Krizhevsky, Sutskever & Hinton 2012, section 3.3. */
import type { Node } from "../graph/node.ts";
import { core as c } from "./core.ts";

/** Options of {@link localResponseNorm}. */
export interface LocalResponseNormOptions {
  /** Neighbouring channels that count, the channel itself in the middle. Default 5. */
  size?: number;
  /** Default 1e-4. PyTorch divides its alpha by `size`, Caffe too. */
  alpha?: number;
  /** Default 0.75. */
  beta?: number;
  /** Default 2, the paper's; PyTorch has 1. */
  k?: number;
}

/** x / (k + α · Σ x²)^β, the sum over `size` neighbouring channels (last axis). */
export function localResponseNorm(x: Node, options: LocalResponseNormOptions = {}): Node {
  const { size = 5, alpha = 1e-4, beta = 0.75, k = 2 } = options;
  const last = x.shape.length - 1;
  const at = (channel: number, others: number): number[] =>
    x.shape.map((_, axis) => (axis === last ? channel : others));
  const before = Math.floor(size / 2);
  const squares = c.pad(c.mul(x, x), at(before, 0), at(size - 1 - before, 0));
  let sum: Node | undefined;
  for (let i = 0; i < size; i++) {
    const stop = x.shape.map((d, axis) => (axis === last ? d + i : d));
    const shifted = c.slice(squares, at(i, 0), stop);
    sum = sum ? c.add(sum, shifted) : shifted;
  }
  const base = c.add(c.mul(sum!, alpha), k);
  // exp(−β · ln) rather than pow: its gradient takes no logarithm of its own, and the base is positive.
  return c.mul(x, c.exp(c.mul(c.log(base), -beta)));
}
