/** Bits of integers, truth values of bools. */
import { row } from "./row.ts";

export const not = /* @__PURE__ */ row("not", { accepts: "integer", js: (x) => ~x });
export const and = /* @__PURE__ */ row("and", { accepts: "integer", js: (a, b) => a & b });
export const or = /* @__PURE__ */ row("or", { accepts: "integer", js: (a, b) => a | b });
export const xor = /* @__PURE__ */ row("xor", { accepts: "integer", js: (a, b) => a ^ b });
/** The lowest five bits of `b` count. */
export const shl = /* @__PURE__ */ row("shl", { accepts: "integer", js: (a, b) => a << b });
export const shr = /* @__PURE__ */ row("shr", { accepts: "integer", js: (a, b) => a >> b });
