/** What the reference computes with: dense row-major float64 arrays, integers wrapped to their dtype. */
import type { DType } from "../../base/dtype.ts";
import { rowMajor, type Shape, sizeOf } from "../../base/shape.ts";
import type { Node, OpDef } from "../../graph/node.ts";

export type Values = Float64Array<ArrayBuffer>;

/** Computes one node from the values of its inputs. */
export type Meaning = (node: Node, inputs: readonly Values[]) => Values;

/** An op and what it means: the compute function is called with nodes of this op alone, so it knows their attributes. */
export const meaning = <A>(
  op: OpDef<A>,
  compute: (node: Node<A>, inputs: readonly Values[]) => Values,
): readonly [op: object, Meaning] => [op, compute as Meaning];

/** `value` as `dtype` holds it; float32 stays float64, so that the reference has no rounding of its own. */
export function wrap(dtype: DType, value: number): number {
  if (dtype === "float32") return value;
  if (dtype === "bool") return value === 0 ? 0 : 1;
  return dtype === "int32" ? value | 0 : value >>> 0;
}

/** The array of `shape` whose element at each index is `at(index)`. */
export function build(shape: Shape, at: (index: readonly number[], flat: number) => number): Values {
  const values = new Float64Array(sizeOf(shape));
  const index = shape.map(() => 0);
  for (let flat = 0; flat < values.length; flat++) {
    values[flat] = at(index, flat);
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
  }
  return values;
}

/** The flat position of an index, over row-major or given strides. */
export const flatten = (index: readonly number[], strides: readonly number[]): number =>
  index.reduce((flat, i, d) => flat + i * strides[d], 0);

/** The shape as [outer, length, inner] around `axis`. */
export function around(shape: Shape, axis: number): { outer: number; length: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis], inner: rowMajor(shape)[axis] };
}
