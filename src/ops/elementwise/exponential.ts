/** Exponentials, logarithms, powers and roots. */
import { eq } from "./comparison.ts";
import { row } from "./row.ts";

export const exp = /* @__PURE__ */ row("exp", "float", Math.exp, {
  gradient: (c, dy, y) => [c.mul(dy, y)],
  cost: 8,
});

/** eˣ − 1, exact near 0. */
export const expm1 = /* @__PURE__ */ row("expm1", "float", Math.expm1, {
  gradient: (c, dy, y) => [c.mul(dy, c.add(y, 1))],
  cost: 8,
});

export const log = /* @__PURE__ */ row("log", "float", Math.log, {
  gradient: (c, dy, _, x) => [c.div(dy, x)],
  cost: 8,
});

/** ln(1 + x), exact near 0. */
export const log1p = /* @__PURE__ */ row("log1p", "float", Math.log1p, {
  gradient: (c, dy, _, x) => [c.div(dy, c.add(x, 1))],
  cost: 8,
});

export const log2 = /* @__PURE__ */ row("log2", "float", Math.log2, {
  gradient: (c, dy, _, x) => [c.div(c.mul(dy, Math.LOG2E), x)],
  cost: 8,
});

/** As in C: 1 to any power and −1 to an infinite one are 1, where JavaScript has NaN. */
export const pow = /* @__PURE__ */ row(
  "pow",
  "float",
  (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  {
    gradient: (c, dy, y, a, b) => {
      const da = c.mul(dy, c.where(c.binary(eq, b, 0), 0, c.mul(b, c.binary(pow, a, c.sub(b, 1)))));
      // d/db a^b = a^b ln a; at a = 0 the limit is 0.
      const safe = c.where(c.binary(eq, a, 0), 1, a);
      return [da, c.mul(dy, c.mul(y, c.log(safe)))];
    },
    cost: 60,
    integerCost: 12,
  },
);

export const sqrt = /* @__PURE__ */ row("sqrt", "float", Math.sqrt, {
  gradient: (c, dy, y) => [c.div(c.mul(dy, 0.5), y)],
});

export const rsqrt = /* @__PURE__ */ row("rsqrt", "float", (x) => 1 / Math.sqrt(x), {
  gradient: (c, dy, y) => [c.mul(c.mul(dy, -0.5), c.mul(y, c.mul(y, y)))],
});
