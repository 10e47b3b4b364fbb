/** Elementwise kernels: an invocation does one point, or four neighbours where that makes whole vec4 loads and stores. */
import { sizeOf } from "../src/base/shape.ts";
import type { MapKernel, Segment } from "../src/kernel/types.ts";
import { chooseWidth, printProgram } from "./program.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";
import { collapse } from "./space.ts";

const WORKGROUP = 128;

export function map(kernel: MapKernel, segment: Segment, target: Target): Dispatch[] {
  const { shape, program } = kernel;
  const body = collapse(
    shape,
    shape.map(() => "i"),
    program.instrs,
    program.stores,
  );
  const shader = new Shader(segment, target);
  const width = chooseWidth(shader, body, "i");
  const points = sizeOf(shape) / width;
  return [
    shader.dispatch({
      label: kernel.label,
      body: `
let point = group * ${WORKGROUP}u + invocation;
if (point >= ${points}u) { return; }
let i = point${width === 4 ? " * 4u" : ""};
${printProgram(shader, body, { width })}`,
      workgroup: WORKGROUP,
      groups: Math.ceil(points / WORKGROUP),
      flops: kernel.flops,
      bytes: kernel.bytes,
    }),
  ];
}
