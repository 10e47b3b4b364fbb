/** Reductions, running sums and products, arg-reductions and sorting. */
import type { DType } from "../../base/dtype.ts";
import { rowMajor, sizeOf } from "../../base/shape.ts";
import { argReduce, argSort, cumulative, type ReduceName, reduce } from "../../ops/reduce.ts";
import { around, build, flatten, meaning, wrap } from "./values.ts";

const START: Record<ReduceName, number> = { sum: 0, prod: 1, max: -Infinity, min: Infinity };

/** One step of a reduction; Math.max and Math.min let NaN through. */
function combine(op: ReduceName, dtype: DType, a: number, b: number): number {
  if (op === "max") return Math.max(a, b);
  if (op === "min") return Math.min(a, b);
  if (op === "sum") return wrap(dtype, a + b);
  return dtype === "float32" ? a * b : wrap(dtype, Math.imul(a, b));
}

/** Positions along `axis`, line by line: `line(k)` is the flat position of its element k. */
function eachLine(
  shape: readonly number[],
  axis: number,
  visit: (line: (k: number) => number, number: number) => void,
): void {
  const { outer, length, inner } = around(shape, axis);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) visit((k) => (o * length + k) * inner + i, o * inner + i);
  }
}

/** Ascending, NaN above all. */
function compare(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

export const REDUCE = [
  meaning(reduce, ({ shape, dtype, inputs: [source], attrs }, [x]) => {
    const { op, axes } = attrs;
    const result = new Float64Array(sizeOf(shape)).fill(START[op]);
    const kept = rowMajor(shape);
    const strides = source.shape.map((_, d) => (axes.includes(d) ? 0 : kept.shift()!));
    build(source.shape, (index, flat) => {
      const at = flatten(index, strides);
      result[at] = combine(op, dtype, result[at], x[flat]);
      return 0;
    });
    return result;
  }),

  meaning(cumulative, ({ shape, dtype, attrs }, [x]) => {
    const { op, axis, reverse } = attrs;
    const result = new Float64Array(x.length);
    eachLine(shape, axis, (line) => {
      let running = START[op];
      for (let k = 0; k < shape[axis]; k++) {
        const at = line(reverse ? shape[axis] - 1 - k : k);
        running = combine(op, dtype, running, x[at]);
        result[at] = running;
      }
    });
    return result;
  }),

  meaning(argReduce, ({ shape, inputs: [source], attrs }, [x]) => {
    const result = new Float64Array(sizeOf(shape));
    eachLine(source.shape, attrs.axis, (line, number) => {
      for (let k = 1; k < source.shape[attrs.axis]; k++) {
        if (comesBefore(attrs.op, x[line(k)], x[line(result[number])])) result[number] = k;
      }
    });
    return result;
  }),

  meaning(argSort, ({ shape, attrs }, [x]) => {
    const result = new Float64Array(x.length);
    const sign = attrs.descending ? -1 : 1;
    eachLine(shape, attrs.axis, (line) => {
      const order = Array.from({ length: shape[attrs.axis] }, (_, k) => k);
      order.sort((a, b) => sign * compare(x[line(a)], x[line(b)]));
      order.forEach((k, place) => {
        result[line(place)] = k;
      });
    });
    return result;
  }),
];

/** Whether `a` wins an arg-reduction against `b`, which stands before it. NaN wins both ways. */
function comesBefore(op: "max" | "min", a: number, b: number): boolean {
  if (Number.isNaN(b)) return false;
  return Number.isNaN(a) || (op === "max" ? a > b : a < b);
}
