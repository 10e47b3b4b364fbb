/** Circular and hyperbolic functions, and the error function. */
import { type Row, row } from "./row.ts";

export const sin: Row<"sin", 1, "float"> = /* @__PURE__ */ row("sin", "float", Math.sin, {
  gradient: (c, dy, _, x) => [c.mul(dy, c.unary(cos, x))],
  cost: 8,
});

export const cos: Row<"cos", 1, "float"> = /* @__PURE__ */ row("cos", "float", Math.cos, {
  gradient: (c, dy, _, x) => [c.neg(c.mul(dy, c.unary(sin, x)))],
  cost: 8,
});

export const tanh = /* @__PURE__ */ row("tanh", "float", Math.tanh, {
  gradient: (c, dy, y) => [c.mul(dy, c.sub(1, c.mul(y, y)))],
  cost: 8,
});

export const erf = /* @__PURE__ */ row("erf", "float", errorFunction, {
  gradient: (c, dy, _, x) => [c.mul(c.mul(dy, 2 / Math.sqrt(Math.PI)), c.exp(c.neg(c.mul(x, x))))],
  cost: 8,
});

/** A series of terms of one sign, to float64 precision: for the reference. Source: DLMF 7.6.2. */
function errorFunction(x: number): number {
  if (!(Math.abs(x) < 6)) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
