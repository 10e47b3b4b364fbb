/** Rounding to integers; the gradient is 0 everywhere. */
import { row } from "./row.ts";

export const floor = /* @__PURE__ */ row("floor", "float", Math.floor);
export const ceil = /* @__PURE__ */ row("ceil", "float", Math.ceil);
export const round = /* @__PURE__ */ row("round", "float", halfToEven);

/** As NumPy rounds. */
function halfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}
