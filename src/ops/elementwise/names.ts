/** The names of the elementwise table as types: what a table over all rows must have. */
import type { DType } from "../../base/dtype.ts";
import type { Node, OpDef, PointwiseOp } from "../../graph/node.ts";
import type { AcceptedDType } from "./row.ts";
import type { ELEMENTWISE } from "./table.ts";

type Table = typeof ELEMENTWISE;
type Taking<N extends number> = {
  [K in keyof Table]: Table[K]["operands"] extends N ? K : never;
}[keyof Table];

export type ElementwiseName = keyof Table;
export type UnaryName = Exclude<Taking<1>, "cast" | "bitcast">;
export type BinaryName = Taking<2>;
export type Elementwise = Table[ElementwiseName];

/** A form of row `N` for each dtype that it accepts, and for others if need be. */
export type PerDType<N extends ElementwiseName, Form> = Readonly<
  Record<AcceptedDType<Table[N]["accepts"]>, Form> & Partial<Record<DType, Form>>
>;

/** Whether an op is a row of the table; only rows are of the kind `pointwise`. */
export const isElementwise = (op: OpDef<never>): op is Elementwise => op.kind === "pointwise";

/** What an element of the node costs: its last operand has the dtype that counts, since a first one may be a condition. */
export const costOf = ({ inputs }: Node, op: PointwiseOp<number, never>): number =>
  op.cost(inputs[inputs.length - 1].dtype);
