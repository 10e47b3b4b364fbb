/**
 * A team: the invocations of a workgroup that work together on one output. How many they are, how they lie, and their sum
 * (or maximum, …) as a tree in workgroup memory. Sizes come from the shape alone, so results do not depend on the device.
 */
import type { Shader } from "./shader.ts";

export interface Team {
  /** Invocations of a workgroup: `outputs · size`. */
  readonly workgroup: number;
  /** Invocations per output, a power of two. */
  readonly size: number;
  readonly outputs: number;
  /** Neighbouring invocations share an output (its terms are contiguous), else they do neighbouring outputs. */
  readonly byRow: boolean;
}

const WORKGROUP = 256;
const COLUMNS = 32;

const powerAbove = (x: number): number => 2 ** Math.ceil(Math.log2(Math.max(x, 1)));

export function chooseTeam(outputs: number, length: number, byRow: boolean): Team {
  // An invocation takes 4 terms or more; short columns and plenty of outputs need one each.
  const useful = Math.min(powerAbove(length / 4), WORKGROUP);
  const perGroup = Math.min(powerAbove(outputs), COLUMNS);
  const size = byRow ? useful : outputs >= 32768 || length <= 16 ? 1 : Math.min(useful, WORKGROUP / perGroup);
  const workgroup = Math.max(
    size,
    Math.min(WORKGROUP, powerAbove(outputs * size), size === 1 ? 128 : WORKGROUP),
  );
  return { workgroup, size, outputs: workgroup / size, byRow };
}

/** `slot`, the output of this invocation within its workgroup, and `part`, its place in the team. */
export function teamVariables({ size, outputs, byRow }: Team): string {
  return byRow
    ? `let slot = invocation / ${size}u;\nlet part = invocation % ${size}u;`
    : `let slot = invocation % ${outputs}u;\nlet part = invocation / ${outputs}u;`;
}

/**
 * Statements that combine `value` over the team of each output and declare the result as `result` in every invocation.
 * `memory` names the workgroup array, declared once per shader by `declareTree`.
 */
export function tree(
  layout: Team,
  memory: string,
  value: string,
  result: string,
  combine: (a: string, b: string) => string,
): string {
  const { size, outputs, byRow } = layout;
  if (size === 1) return `let ${result} = ${value};`;
  const step = byRow ? 1 : outputs;
  const lines = [`${memory}[invocation] = ${value};`, "workgroupBarrier();"];
  for (let half = size / 2; half >= 1; half /= 2) {
    const other = `${memory}[invocation + ${half * step}u]`;
    lines.push(
      `if (part < ${half}u) { ${memory}[invocation] = ${combine(`${memory}[invocation]`, other)}; }`,
    );
    lines.push("workgroupBarrier();");
  }
  lines.push(`let ${result} = ${memory}[invocation - part * ${step}u];`, "workgroupBarrier();");
  return lines.join("\n");
}

export function declareTree(shader: Shader, layout: Team, memory: string, type: string): void {
  if (layout.size > 1) shader.declare(`var<workgroup> ${memory}: array<${type}, ${layout.workgroup}>;`);
}
