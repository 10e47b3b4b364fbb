/**
 * Verifies the language between the compiler and the backends: every rule that `../types.ts` states in words and that a
 * backend relies on without looking. Nothing is computed; a broken rule is a bug of the compiler, found where it was made
 * rather than as a wrong number.
 */

import { isDType } from "../../base/dtype.ts";
import { fail } from "../../base/errors.ts";
import type { Kernel, Segment, ValueId } from "../types.ts";
import { operandsOf, verifyOperands } from "./operands.ts";
import { isCount, Place } from "./place.ts";
import { loadsOf, verifyProgram, verifySteps } from "./program.ts";
import { resultOf } from "./result.ts";

/**
 * Checks every kernel of a segment.
 * @throws HeddleError that names the kernel, the step and the rule: a bug of the compiler.
 */
export function verifySegment(segment: Segment): void {
  segment.values.forEach(({ dtype, size }, id) => {
    if (!isDType(dtype) || !isCount(size)) {
      fail("verify", `value ${id} is no array: got ${size} × ${dtype}; please report this as a bug`);
    }
  });
  segment.kernels.forEach((kernel, i) => {
    verifyKernel(new Place(segment, kernel, `kernel ${i} (${kernel.label})`));
  });
}

function verifyKernel(place: Place): void {
  const { kernel } = place;
  for (const id of [...kernel.inputs, ...kernel.outputs]) place.value(id);
  verifyLists(place, kernel);
  verifyOperands(place, kernel);
  if (kernel.kind === "map") verifyProgram(place, kernel.shape, kernel.program);
  if (kernel.kind === "reduce") verifyPrologue(place, kernel);
  if (!("epilogue" in kernel)) return;
  const { shape, dtype } = resultOf(kernel);
  verifyProgram(place.part("epilogue"), shape, kernel.epilogue, dtype);
}

function verifyPrologue(
  place: Place,
  { shape, axes, prologue, value, dtype }: Kernel & { kind: "reduce" },
): void {
  place.expect(
    axes.every((axis, i) => isCount(axis) && axis < shape.length && (i === 0 || axes[i - 1] < axis)),
    () => `axes of shape [${shape}] must be sorted: got [${axes}]`,
  );
  verifySteps(place.part("prologue"), shape, prologue);
  place.expect(prologue[value]?.dtype === dtype, () => `reduces ${dtype}: got ${prologue[value]?.dtype}`);
}

/** Inputs are what is read and outputs what is stored; what the algorithm itself or a prologue reads is not written. */
function verifyLists(place: Place, kernel: Kernel): void {
  const operands = operandsOf(kernel);
  const before = [...operands.reads, ...("prologue" in kernel ? loadsOf(kernel.prologue) : [])];
  const program = "program" in kernel ? kernel.program : "epilogue" in kernel ? kernel.epilogue : undefined;
  const reads = [...before, ...loadsOf(program?.instrs ?? [])];
  const writes = program ? program.stores.map(({ output }) => output) : operands.writes;
  verifySame(place, "inputs", kernel.inputs, reads);
  verifySame(place, "outputs", kernel.outputs, writes);
  for (const id of writes)
    place.expect(!before.includes(id), () => `value ${id} is overwritten while it is still to be read`);
}

function verifySame(place: Place, name: string, listed: readonly ValueId[], used: readonly ValueId[]): void {
  const [a, b] = [new Set(listed), new Set(used)];
  place.expect(
    a.size === b.size && [...a].every((id) => b.has(id)),
    () => `${name} [${listed}] are not the values used: [${[...b]}]`,
  );
}
