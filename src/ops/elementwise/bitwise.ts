/** Bits of integers, truth values of bools. */
import { row } from "./row.ts";

export const not = /* @__PURE__ */ row("not", "integer", (x) => ~x);
export const and = /* @__PURE__ */ row("and", "integer", (a, b) => a & b);
export const or = /* @__PURE__ */ row("or", "integer", (a, b) => a | b);
export const xor = /* @__PURE__ */ row("xor", "integer", (a, b) => a ^ b);
/** The lowest five bits of `b` count. */
export const shl = /* @__PURE__ */ row("shl", "integer", (a, b) => a << b);
export const shr = /* @__PURE__ */ row("shr", "integer", (a, b) => a >> b);
