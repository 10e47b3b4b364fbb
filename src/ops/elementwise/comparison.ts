/** Comparisons: their results are bools, without a gradient. */
import { bool, row } from "./row.ts";

export const eq = /* @__PURE__ */ row("eq", "any", (a, b) => bool(a === b), { result: "bool" });
export const ne = /* @__PURE__ */ row("ne", "any", (a, b) => bool(a !== b), { result: "bool" });
export const lt = /* @__PURE__ */ row("lt", "number", (a, b) => bool(a < b), { result: "bool" });
export const le = /* @__PURE__ */ row("le", "number", (a, b) => bool(a <= b), {
  result: "bool",
});
export const gt = /* @__PURE__ */ row("gt", "number", (a, b) => bool(a > b), { result: "bool" });
export const ge = /* @__PURE__ */ row("ge", "number", (a, b) => bool(a >= b), {
  result: "bool",
});
const isNan = /* @__PURE__ */ row("isNaN", "float", (x) => bool(Number.isNaN(x)), {
  result: "bool",
});

export { isNan as isNaN };
