/** Recognises the epilogues that tiles apply themselves: see `assembly/columnEpilogue.ts`. */
import type { Shape } from "../../../base/shape.ts";
import type { Instr, Program } from "../../../kernel/types.ts";
import { collapse, isUniform, periodOf } from "../affine.ts";
import { float32Word, type ProgramAddress, valueAddress, type Word } from "../command.ts";

/** An address, and the bytes from a column to the next. */
type Operand = readonly [address: Word, step: number];

/** The steps of the formula from the last to the first, and the number that makes each do nothing. */
const STEPS = [
  ["min", Number.POSITIVE_INFINITY],
  ["max", Number.NEGATIVE_INFINITY],
  ["add", 0],
  ["mul", 1],
] as const;

/**
 * The operands of an epilogue over `shape` that stores min(max(acc · scale + shift, low), high), or a part of it,
 * with the accumulator on the left of each step.
 */
export function columnEpilogue({ instrs, stores }: Program, shape: Shape): ProgramAddress | undefined {
  if (stores.length > 1 || stores[0].map) return undefined;
  let instr = instrs[stores[0].value];
  const words: Word[] = [];
  for (const [name, neutral] of STEPS) {
    let operand: Operand | undefined = constant(neutral);
    if (instr.op === "map" && instr.name === name) {
      operand = operandOf(instrs[instr.args[1]], shape);
      instr = instrs[instr.args[0]];
    }
    if (!operand) return undefined;
    words.unshift(...operand);
  }
  return instr.op === "acc" ? { kind: "program", words } : undefined;
}

const constant = (value: number): Operand => [{ kind: "program", words: [float32Word(value)] }, 0];

/** A number for every column, or one for all. */
function operandOf(instr: Instr, shape: Shape): Operand | undefined {
  if (instr.op === "const") return constant(instr.value);
  if (instr.op === "scalar") return [{ kind: "scalar", slot: instr.slot }, 0];
  if (instr.op !== "load") return undefined;
  const axes = collapse(shape, instr.view);
  const isColumns = periodOf(axes) === shape[shape.length - 1];
  if (!isColumns && !isUniform(axes)) return undefined;
  return [valueAddress(instr.input, instr.view.offset), isColumns ? 4 : 0];
}
