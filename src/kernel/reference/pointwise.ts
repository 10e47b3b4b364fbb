/** Elementwise ops: the table's own `js` form, with what integers do otherwise. */
import type { DType } from "../../base/dtype.ts";
import type { Elementwise, ElementwiseName } from "../../ops/elementwise/names.ts";
import { ELEMENTWISE } from "../../ops/elementwise/table.ts";
import { type Meaning, wrap } from "./values.ts";

type Scalar = (...operands: number[]) => number;

const LIMITS = { int32: [-(2 ** 31), 2 ** 31 - 1], uint32: [0, 2 ** 32 - 1] } as const;

/** Casts to integers saturate from float32, NaN gives 0; integers keep their bits. */
function cast(from: DType, to: DType, x: number): number {
  if (from !== "float32" || to === "float32" || to === "bool") return wrap(to, x);
  const [low, high] = LIMITS[to];
  return Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, low), high));
}

const word = new DataView(new ArrayBuffer(4));

function bitcast(from: DType, to: DType, x: number): number {
  if (from === "float32") word.setFloat32(0, x);
  else word.setUint32(0, x >>> 0);
  return to === "float32" ? word.getFloat32(0) : wrap(to, word.getUint32(0));
}

/** Where an integer op is not the float op wrapped: no traps, no lost low bits. */
const INTEGER: Partial<Record<ElementwiseName, Scalar>> = {
  mul: Math.imul,
  div: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  rem: (a, b) => (b === 0 ? 0 : a % b),
};

function scalarOf(row: Elementwise, operand: DType, result: DType): Scalar {
  if (row === ELEMENTWISE.cast) return (x) => cast(operand, result, x);
  if (row === ELEMENTWISE.bitcast) return (x) => bitcast(operand, result, x);
  if (row === ELEMENTWISE.not && operand === "bool") return (x) => 1 - x;
  if (row === ELEMENTWISE.shr && operand === "uint32") return (a, b) => a >>> b;
  return (operand !== "float32" && INTEGER[row.name]) || row.js;
}

const pointwise = (row: Elementwise): Meaning => {
  return ({ dtype, inputs }, values) => {
    const scalar = scalarOf(row, inputs[inputs.length - 1].dtype, dtype);
    return values[0].map((_, i) => wrap(dtype, scalar(...values.map((x) => x[i]))));
  };
};

export const POINTWISE = Object.values(ELEMENTWISE).map((row) => [row, pointwise(row)] as const);
