/**
 * The frame of every reduction: a team of invocations shares an output; where outputs are few and terms many,
 * workgroups share it too and leave partial results that a second dispatch reduces, in order.
 */
import type { Segment } from "../src/kernel/types.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";
import { chooseTeam, declareTree, type Team, teamVariables, tree } from "./team.ts";

/** A reduction: its input, its op and the use of its result; the callbacks declare WGSL functions. */
export interface Reduction {
  readonly label: string;
  readonly outputs: number;
  readonly length: number;
  readonly byRow: boolean;
  /** The accumulator's WGSL type, of 4, 8 or 16 bytes. */
  readonly type: string;
  readonly start: (shader: Shader) => string;
  readonly combine: (shader: Shader) => (a: string, b: string) => string;
  /** Declares `element(o, r) -> type`, term r of output o. */
  readonly element: (shader: Shader) => void;
  /** Declares a function of (o, acc) that takes the result, and returns its name. */
  readonly finish: (shader: Shader) => string;
  readonly flops: number;
  readonly bytes: number;
}

export function reduction(segment: Segment, target: Target, spec: Reduction): Dispatch[] {
  const { outputs, length, type } = spec;
  const team = chooseTeam(outputs, length, spec.byRow);
  const splits = chooseSplits(team, outputs, length);
  const shader = new Shader(segment, target);
  spec.element(shader);
  if (splits === 1) {
    const finish = spec.finish(shader);
    return [stage(shader, spec, team, length, 1, `${finish}(o, total)`)];
  }
  const partial = shader.scratch(0, splits * outputs, type, true);
  shader.declare(`fn leave(o: u32, split: u32, acc: ${type}) { ${partial}[split * ${outputs}u + o] = acc; }`);
  const first = stage(shader, spec, team, length, splits, "leave(o, split, total)");
  const second = new Shader(segment, target);
  const partials = second.scratch(0, splits * outputs, type, false);
  second.declare(`fn element(o: u32, r: u32) -> ${type} { return ${partials}[r * ${outputs}u + o]; }`);
  const finish = spec.finish(second);
  const last = { ...spec, flops: 0, bytes: 0 };
  const layout = chooseTeam(outputs, splits, false);
  return [first, stage(second, last, layout, splits, 1, `${finish}(o, total)`)];
}

/** One dispatch over `length` terms per output, cut into `splits` runs; `take` is the call that gets the results. */
function stage(
  shader: Shader,
  spec: Reduction,
  layout: Team,
  length: number,
  splits: number,
  take: string,
): Dispatch {
  const { type, outputs, flops, bytes, label } = spec;
  const combine = spec.combine(shader);
  const groups = Math.ceil(outputs / layout.outputs);
  const run = Math.ceil(length / splits);
  declareTree(shader, layout, "shared_acc", type);
  const body = `
${teamVariables(layout)}
let split = group / ${groups}u;
let o = (group % ${groups}u) * ${layout.outputs}u + slot;
var acc = ${spec.start(shader)};
if (o < ${outputs}u) {
  let end = min((split + 1u) * ${run}u, ${length}u);
  for (var r = split * ${run}u + part; r < end; r += ${layout.size}u) {
    acc = ${combine("acc", "element(o, r)")};
  }
}
${tree(layout, "shared_acc", "acc", "total", combine)}
if (part == 0u && o < ${outputs}u) { ${take}; }`;
  return shader.dispatch({
    label,
    body,
    workgroup: layout.workgroup,
    groups: groups * splits,
    flops,
    bytes,
  });
}

/** Workgroups per output: enough to fill a large GPU, each with at least 16 terms per invocation. */
function chooseSplits({ size, outputs: perGroup }: Team, outputs: number, length: number): number {
  const groups = Math.ceil(outputs / perGroup);
  return Math.max(1, Math.min(Math.floor(length / (size * 16)), Math.floor(512 / groups), 256));
}
