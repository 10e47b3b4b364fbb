/** Arithmetic of floats and integers. Integers wrap, and a quotient or remainder by 0 is 0. */
import type { Core, Node } from "../../graph/node.ts";
import { eq } from "./comparison.ts";
import { row } from "./row.ts";

export const neg = /* @__PURE__ */ row("neg", "number", (x) => -x, {
  gradient: (c, dy) => [c.neg(dy)],
});

export const abs = /* @__PURE__ */ row("abs", "number", Math.abs, {
  gradient: (c, dy, _, x) => [c.mul(dy, c.unary(sign, x))],
});

/** −1, 0 or 1; NaN stays. */
export const sign = /* @__PURE__ */ row("sign", "number", Math.sign);

export const add = /* @__PURE__ */ row("add", "number", (a, b) => a + b, {
  gradient: (_, dy) => [dy, dy],
});

export const sub = /* @__PURE__ */ row("sub", "number", (a, b) => a - b, {
  gradient: (c, dy) => [dy, c.neg(dy)],
});

export const mul = /* @__PURE__ */ row("mul", "number", (a, b) => a * b, {
  gradient: (c, dy, _, a, b) => [c.mul(dy, b), c.mul(dy, a)],
});

export const div = /* @__PURE__ */ row("div", "number", (a, b) => a / b, {
  gradient: (c, dy, y, _, b) => {
    const da = c.div(dy, b);
    return [da, c.neg(c.mul(da, y))];
  },
  integerCost: 12,
});

/** The remainder of truncated division, with the sign of `a`. */
export const rem = /* @__PURE__ */ row("rem", "number", (a, b) => a % b, {
  gradient: (c, dy, y, a, b) => [dy, c.neg(c.mul(dy, c.div(c.sub(a, y), b)))],
  cost: 60,
  integerCost: 12,
});

/** NaN wins. */
export const max = /* @__PURE__ */ row(
  "max",
  "number",
  (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)),
  {
    gradient: extremumGradient,
  },
);

/** NaN wins. */
export const min = /* @__PURE__ */ row(
  "min",
  "number",
  (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b)),
  {
    gradient: extremumGradient,
  },
);

/** At a tie each operand gets half, as in PyTorch and JAX. */
function extremumGradient(c: Core, dy: Node, y: Node, a: Node, b: Node): readonly Node[] {
  const half = c.where(c.binary(eq, a, b), 0.5, 1);
  const part = (x: Node): Node => c.where(c.binary(eq, x, y), c.mul(dy, half), 0);
  return [part(a), part(b)];
}
