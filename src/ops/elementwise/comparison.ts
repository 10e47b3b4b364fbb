/** Comparisons: their results are bools, without a gradient. */
import { bool, row } from "./row.ts";

export const eq = /* @__PURE__ */ row("eq", { accepts: "any", js: (a, b) => bool(a === b), result: "bool" });
export const ne = /* @__PURE__ */ row("ne", { accepts: "any", js: (a, b) => bool(a !== b), result: "bool" });
export const lt = /* @__PURE__ */ row("lt", { accepts: "number", js: (a, b) => bool(a < b), result: "bool" });
export const le = /* @__PURE__ */ row("le", {
  accepts: "number",
  js: (a, b) => bool(a <= b),
  result: "bool",
});
export const gt = /* @__PURE__ */ row("gt", { accepts: "number", js: (a, b) => bool(a > b), result: "bool" });
export const ge = /* @__PURE__ */ row("ge", {
  accepts: "number",
  js: (a, b) => bool(a >= b),
  result: "bool",
});
const isNan = /* @__PURE__ */ row("isNaN", {
  accepts: "float",
  js: (x) => bool(Number.isNaN(x)),
  result: "bool",
});

export { isNan as isNaN };
