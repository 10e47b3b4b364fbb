/** The rules of scalar programs: steps that read earlier steps, and stores. */
import type { DType } from "../../base/dtype.ts";
import { fail, HeddleError } from "../../base/errors.ts";
import { type Shape, sizeOf } from "../../base/shape.ts";
import type { OpDef } from "../../graph/node.ts";
import type { CastAttrs } from "../../ops/elementwise/select.ts";
import { ELEMENTWISE } from "../../ops/elementwise/table.ts";
import type { Instr, Program, Store } from "../types.ts";
import { isCount, type Place } from "./place.ts";
import { isIdentity, isInjective, verifyAffine, verifyView } from "./views.ts";

/** Steps over `shape`; `acc` is the dtype of the result that an epilogue starts from. */
export function verifySteps(place: Place, shape: Shape, instrs: readonly Instr[], acc?: DType): void {
  instrs.forEach((instr, i) => {
    verifyStep(place.part(`step ${i} (${nameOf(instr)})`), shape, instrs, i, acc);
  });
}

const nameOf = (instr: Instr): string => (instr.op === "map" ? instr.name : instr.op);

function verifyStep(
  place: Place,
  shape: Shape,
  instrs: readonly Instr[],
  at: number,
  acc: DType | undefined,
): void {
  const instr = instrs[at];
  const yields = (dtype: DType | undefined): void =>
    place.expect(instr.dtype === dtype, () => `yields ${dtype ?? "nothing"}: got ${instr.dtype}`);
  switch (instr.op) {
    case "load": {
      const { inputs } = place.kernel;
      const { dtype, size } = place.value(instr.input);
      place.expect(inputs.includes(instr.input), () => `value ${instr.input} is not among the inputs`);
      yields(dtype);
      verifyView(place, shape, instr.view, size);
      break;
    }
    case "scalar": {
      const { scalars } = place.segment;
      place.expect(isCount(instr.slot) && instr.slot < scalars.length, () => `no scalar ${instr.slot}`);
      yields(scalars[instr.slot]);
      break;
    }
    case "const":
      place.expect(typeof instr.value === "number", () => `is no number: got ${instr.value}`);
      break;
    case "acc":
      place.expect(acc !== undefined, () => "only an epilogue has a result to start from");
      yields(acc);
      break;
    case "index":
      verifyAffine(place, shape, instr.map);
      yields("int32");
      break;
    case "random":
      verifyAffine(place, shape, instr.map);
      verifyArguments(place, at, instr.args);
      place.expect(
        instr.args.length === 3 && instr.args.every((arg) => instrs[arg].dtype === "uint32"),
        () => "needs three uint32 steps: key0, key1, counter",
      );
      yields("uint32");
      break;
    case "map":
      verifyArguments(place, at, instr.args);
      yields(
        resultOf(
          place,
          instr.name,
          instr.dtype,
          instr.args.map((arg) => instrs[arg].dtype),
        ),
      );
  }
}

function verifyArguments(place: Place, step: number, args: readonly number[]): void {
  place.expect(
    args.every((arg) => isCount(arg) && arg < step),
    () => `may read earlier steps only: got [${args}]`,
  );
}

/** A segment may name what is no row. */
const ROWS: ReadonlyMap<string, OpDef<CastAttrs | null>> = new Map(Object.entries(ELEMENTWISE));

/** The dtype that a row of the elementwise table gives for these operands. */
function resultOf(place: Place, name: string, dtype: DType, operands: readonly DType[]): DType {
  const specs = operands.map((operand) => ({ shape: [], dtype: operand }));
  try {
    const row = ROWS.get(name) ?? fail("elementwise", `no row named ${name}`);
    return row.infer(specs, { dtype }).dtype;
  } catch (error) {
    return place.reject(error instanceof HeddleError ? error.message : String(error));
  }
}

/** A program whose stores cover their outputs: steps, stores, and what is updated in place. */
export function verifyProgram(place: Place, shape: Shape, program: Program, acc?: DType): void {
  const { instrs, stores } = program;
  verifySteps(place, shape, instrs, acc);
  stores.forEach((store, i) => {
    verifyStore(place.part(`store ${i}`), shape, instrs, store);
  });
  const outputs = stores.map(({ output }) => output);
  place.expect(new Set(outputs).size === outputs.length, () => `stores twice to a value: [${outputs}]`);
  for (const { output, map } of stores) {
    if (!place.kernel.inputs.includes(output)) continue;
    place.expect(!map, () => `value ${output} is updated in place, so it must be stored densely`);
    for (const [i, instr] of instrs.entries()) {
      if (instr.op !== "load" || instr.input !== output) continue;
      place
        .part(`step ${i}`)
        .expect(
          isIdentity(shape, instr.view),
          () => `value ${output} is updated in place, so it must be read as it is written`,
        );
    }
  }
}

function verifyStore(place: Place, shape: Shape, instrs: readonly Instr[], store: Store): void {
  const { output, value, map } = store;
  const { dtype, size } = place.value(output);
  place.expect(place.kernel.outputs.includes(output), () => `value ${output} is not among the outputs`);
  place.expect(isCount(value) && value < instrs.length, () => `there is no step ${value}`);
  const stored = instrs[value].dtype;
  place.expect(stored === dtype, () => `value ${output} holds ${dtype}: got ${stored}`);
  if (map) {
    verifyView(place, shape, map, size);
    place.expect(isInjective(shape, map), () => "two indices store to one element");
  } else {
    const count = sizeOf(shape);
    place.expect(size === count, () => `stores ${count} elements densely to value ${output} of ${size}`);
  }
}

/** Values that the steps load. */
export const loadsOf = (instrs: readonly Instr[]): number[] =>
  instrs.flatMap((instr) => (instr.op === "load" ? [instr.input] : []));
