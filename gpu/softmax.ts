/** softmax and logSoftmax: a team of invocations shares a row, shifted by its maximum. */
import type { Segment, SoftmaxKernel } from "../src/kernel/types.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";
import { chooseTeam, declareTree, teamVariables, tree } from "./team.ts";

export function softmax(kernel: SoftmaxKernel, segment: Segment, target: Target): Dispatch[] {
  const { rows, length, log } = kernel;
  const shader = new Shader(segment, target);
  const layout = chooseTeam(rows, length, true);
  const exp = shader.need("exp_N", 1);
  const max = shader.need("max_N", 1);
  const result = log ? `x - top - ${shader.need("log_N", 1)}(total)` : `${exp}(x - top) / total`;
  const each = (statement: string) => `
for (var c = part; c < end; c += ${layout.size}u) {
  let x = ${shader.load(kernel.inputs[0], "first + c")};
  ${statement}
}`;
  declareTree(shader, layout, "shared_acc", "f32");
  const body = `
${teamVariables(layout)}
let row = group * ${layout.outputs}u + slot;
let end = select(0u, ${length}u, row < ${rows}u);
let first = row * ${length}u;
var largest = -3.4e38;
${each(`largest = ${max}(largest, x);`)}
${tree(layout, "shared_acc", "largest", "top", (a, b) => `${max}(${a}, ${b})`)}
var sum = 0.0;
${each(`sum += ${exp}(x - top);`)}
${tree(layout, "shared_acc", "sum", "total", (a, b) => `${a} + ${b}`)}
${each(shader.store(kernel.outputs[0], "first + c", result))}`;
  return [
    shader.dispatch({
      label: kernel.label,
      body,
      workgroup: layout.workgroup,
      groups: Math.ceil(rows / layout.outputs),
      flops: kernel.flops,
      bytes: kernel.bytes,
    }),
  ];
}
