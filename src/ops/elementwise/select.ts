/** Choosing by a condition, and changing the dtype: the rows with rules of their own. */
import type { DType } from "../../base/dtype.ts";
import { fail } from "../../base/errors.ts";
import { checkOperands, type Row, row } from "./row.ts";

/** The second operand where the first, a bool, is true; else the third. */
export const where: Row<"where", 3, "any"> = {
  ...row("where", "any", (condition, a, b) => (condition ? a : b)),
  infer(inputs) {
    if (inputs.length !== 3)
      fail("where", `expects a condition and two operands: got ${inputs.length} inputs`);
    const [condition, a, b] = inputs;
    if (condition.dtype !== "bool") fail("where", `condition must be bool: got ${condition.dtype}`);
    checkOperands("where", [{ ...condition, dtype: a.dtype }, a, b], 3);
    return { shape: a.shape, dtype: a.dtype };
  },
  vjp: (c, { inputs: [condition] }, dy) => [undefined, c.where(condition, dy, 0), c.where(condition, 0, dy)],
};

export interface CastAttrs {
  /** Of the output. */
  readonly dtype: DType;
}

/** Floats truncate and saturate to integers, NaN becomes 0, bool is x ≠ 0. */
export const cast: Row<"cast", 1, "any", CastAttrs> = {
  name: "cast",
  kind: "pointwise",
  accepts: "any",
  operands: 1,
  js: (x) => x,
  infer: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  vjp: (c, { inputs: [x] }, dy) => [x.dtype === "float32" ? c.cast(dy, "float32") : undefined],
  key: ({ dtype }) => dtype,
  cost: () => 1,
};

/** The same 32 bits as another dtype. */
export const bitcast: Row<"bitcast", 1, "any", CastAttrs> = { ...cast, name: "bitcast", vjp: undefined };
