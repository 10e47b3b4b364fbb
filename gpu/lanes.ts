/**
 * Lanes that work together on one output inside a workgroup: how many, how they lie, and their sum (or maximum, …)
 * as a tree in workgroup memory. The counts come from the shape alone, so results do not depend on the device.
 */
import type { Shader } from "./shader.ts";

export interface Lanes {
  /** Threads of a workgroup: `outputs · lanes`. */
  readonly workgroup: number;
  /** Threads per output, a power of two. */
  readonly lanes: number;
  readonly outputs: number;
  /** Neighbouring threads share an output (its terms are contiguous), else they do neighbouring outputs. */
  readonly byRow: boolean;
}

const WORKGROUP = 256;
const COLUMNS = 32;

const powerAbove = (x: number): number => 2 ** Math.ceil(Math.log2(Math.max(x, 1)));

export function chooseLanes(outputs: number, length: number, byRow: boolean): Lanes {
  // A lane takes 4 terms or more; short columns and plenty of outputs need one lane each.
  const useful = Math.min(powerAbove(length / 4), WORKGROUP);
  const perGroup = Math.min(powerAbove(outputs), COLUMNS);
  const lanes = byRow
    ? useful
    : outputs >= 32768 || length <= 16
      ? 1
      : Math.min(useful, WORKGROUP / perGroup);
  const workgroup = Math.max(
    lanes,
    Math.min(WORKGROUP, powerAbove(outputs * lanes), lanes === 1 ? 128 : WORKGROUP),
  );
  return { workgroup, lanes, outputs: workgroup / lanes, byRow };
}

/** `slot`, the output of this thread within its workgroup, and `part`, its lane. */
export function laneVariables({ lanes, outputs, byRow }: Lanes): string {
  return byRow
    ? `let slot = lane / ${lanes}u;\nlet part = lane % ${lanes}u;`
    : `let slot = lane % ${outputs}u;\nlet part = lane / ${outputs}u;`;
}

/**
 * Statements that combine `value` over the lanes of each output and declare the result as `result` in every lane.
 * `memory` names the workgroup array, declared once per shader by `declareTree`.
 */
export function tree(
  layout: Lanes,
  memory: string,
  value: string,
  result: string,
  combine: (a: string, b: string) => string,
): string {
  const { lanes, outputs, byRow } = layout;
  if (lanes === 1) return `let ${result} = ${value};`;
  const step = byRow ? 1 : outputs;
  const lines = [`${memory}[lane] = ${value};`, "workgroupBarrier();"];
  for (let half = lanes / 2; half >= 1; half /= 2) {
    const other = `${memory}[lane + ${half * step}u]`;
    lines.push(`if (part < ${half}u) { ${memory}[lane] = ${combine(`${memory}[lane]`, other)}; }`);
    lines.push("workgroupBarrier();");
  }
  lines.push(`let ${result} = ${memory}[lane - part * ${step}u];`, "workgroupBarrier();");
  return lines.join("\n");
}

export function declareTree(shader: Shader, layout: Lanes, memory: string, type: string): void {
  if (layout.lanes > 1) shader.declare(`var<workgroup> ${memory}: array<${type}, ${layout.workgroup}>;`);
}
