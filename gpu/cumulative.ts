/**
 * Running sums and products. Many or short lines: an invocation walks each. Few long ones: a workgroup scans each line
 * tile by tile (Hillis and Steele 1986) and carries the total.
 */
import type { CumulativeKernel, Segment } from "../src/kernel/types.ts";
import { lineCount, lineElement } from "./lines.ts";
import { literal, scalarOp, wgslType } from "./scalar.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";

const WALKERS = 64;
const TILE = 256;
/** From so many lines on, walking them fills the device. */
const MANY_LINES = 2048;
const SHORT = 32;

export function cumulative(kernel: CumulativeKernel, segment: Segment, target: Target): Dispatch[] {
  const { dtype, op, length, reverse, inputs, outputs } = kernel;
  const lines = lineCount(kernel);
  const shader = new Shader(segment, target);
  const position = reverse ? `(${length - 1}u - c)` : "c";
  const parts: Parts = {
    lines,
    length,
    type: wgslType(dtype, 1),
    start: literal(dtype, op === "sum" ? 0 : 1, 1, shader.need),
    load: shader.load(inputs[0], lineElement(kernel, "line", position)),
    store: (value) => shader.store(outputs[0], lineElement(kernel, "line", position), value),
    combine: (a, b) => scalarOp(op === "sum" ? "add" : "mul", [a, b], dtype, dtype, 1, shader.need),
  };
  const isWalked = lines >= MANY_LINES || length <= SHORT;
  if (!isWalked) shader.declare(`var<workgroup> tile: array<${parts.type}, ${TILE}>;`);
  return [
    shader.dispatch({
      label: kernel.label,
      body: isWalked ? walk(parts) : scan(parts),
      workgroup: isWalked ? WALKERS : TILE,
      groups: isWalked ? Math.ceil(lines / WALKERS) : lines,
      flops: kernel.flops,
      bytes: kernel.bytes,
    }),
  ];
}

interface Parts {
  readonly lines: number;
  readonly length: number;
  readonly type: string;
  readonly start: string;
  /** The element `c` of `line`, counted from where the scan starts. */
  readonly load: string;
  readonly store: (value: string) => string;
  readonly combine: (a: string, b: string) => string;
}

const walk = ({ lines, length, start, load, store, combine }: Parts): string => `
let line = group * ${WALKERS}u + invocation;
if (line >= ${lines}u) { return; }
var acc = ${start};
for (var c = 0u; c < ${length}u; c++) {
  acc = ${combine("acc", load)};
  ${store("acc")}
}`;

const scan = ({ length, type, start, load, store, combine }: Parts): string => `
let line = group;
var carry = ${start};
for (var base = 0u; base < ${length}u; base += ${TILE}u) {
  let c = base + invocation;
  var acc: ${type} = ${start};
  if (c < ${length}u) { acc = ${load}; }
  for (var step = 1u; step < ${TILE}u; step <<= 1u) {
    tile[invocation] = acc;
    workgroupBarrier();
    if (invocation >= step) { acc = ${combine("tile[invocation - step]", "acc")}; }
    workgroupBarrier();
  }
  tile[invocation] = acc;
  workgroupBarrier();
  if (c < ${length}u) { ${store(combine("carry", "acc"))} }
  carry = ${combine("carry", `tile[${TILE - 1}]`)};
  workgroupBarrier();
}`;
