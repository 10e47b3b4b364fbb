/**
 * Every elementwise op by its name: all exports of the families, for types, the reference and tests. Programs import the
 * rows that they use, and no page imports this object.
 */
import * as arithmetic from "./arithmetic.ts";
import * as bitwise from "./bitwise.ts";
import * as comparison from "./comparison.ts";
import * as exponential from "./exponential.ts";
import * as rounding from "./rounding.ts";
import type { Accepts, Row } from "./row.ts";
import * as select from "./select.ts";
import * as trigonometric from "./trigonometric.ts";

type AnyRow = Row<string, number, Accepts, null> | Row<string, number, Accepts, select.CastAttrs>;

export const ELEMENTWISE = {
  ...arithmetic,
  ...comparison,
  ...bitwise,
  ...exponential,
  ...trigonometric,
  ...rounding,
  ...select,
} satisfies Record<string, AnyRow>;
