/** The meaning of a scalar program, element by element in float64: what tile programs are compared with. */
import type { DType } from "../../src/base/dtype.ts";
import { philox } from "../../src/base/philox.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import type { Affine, Instr } from "../../src/kernel/types.ts";
import { ELEMENTWISE } from "../../src/ops/elementwise/table.ts";
import type { Value } from "./harness.ts";

const WRAP: Record<DType, (x: number) => number> = {
  float32: Math.fround,
  int32: (x) => x | 0,
  uint32: (x) => x >>> 0,
  bool: (x) => Number(x !== 0),
};

export const at = ({ offset, strides }: Affine, index: readonly number[]): number =>
  index.reduce((sum, i, d) => sum + i * strides[d], offset);

/** Calls `visit` with every index of `shape`, row-major. */
export function forEachIndex(shape: Shape, visit: (index: readonly number[], flat: number) => void): void {
  const index = shape.map(() => 0);
  for (let flat = 0; flat < sizeOf(shape); flat++) {
    visit(index, flat);
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0;
  }
}

/** The results of all instructions at one index. */
export function evaluate(
  instrs: readonly Instr[],
  index: readonly number[],
  values: readonly Value[],
  scalars: readonly number[] = [],
  acc = 0,
): number[] {
  const results: number[] = [];
  for (const instr of instrs) results.push(WRAP[instr.dtype](step(instr)));
  return results;

  function step(instr: Instr): number {
    switch (instr.op) {
      case "const":
        return instr.value;
      case "scalar":
        return scalars[instr.slot];
      case "acc":
        return acc;
      case "index":
        return at(instr.map, index);
      case "load": {
        const { bounds } = instr.view;
        const outside = bounds?.ranges.some(([low, high], d) => index[d] < low || index[d] >= high);
        return outside ? bounds!.fill : values[instr.input].data[at(instr.view, index)];
      }
      case "random": {
        const element = at(instr.map, index);
        const [key0, key1, counter] = instr.args.map((arg) => results[arg]);
        const words = new Uint32Array(4);
        philox(element >>> 2, 0, counter, 0, key0, key1, words);
        return words[element & 3];
      }
      case "map": {
        const js: (...operands: number[]) => number = ELEMENTWISE[instr.name].js;
        return js(...instr.args.map((arg) => results[arg]));
      }
    }
  }
}
