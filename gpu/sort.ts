/**
 * Stable sorting of lines of (key, position) pairs: as no two pairs are equal, any correct sort is stable. Blocks are
 * sorted in workgroup memory by a bitonic network (Batcher 1968); longer lines are then merged by dispatches in
 * which every element finds its place by binary search in the neighbouring run.
 */
import type { Segment, SortKernel } from "../src/kernel/types.ts";
import { lineCount, lineElement } from "./lines.ts";
import { declareOrder } from "./order.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";

/** Pairs that a workgroup sorts: 8 KiB. */
const BLOCK = 1024;
const WORKGROUP = 256;

interface PairSort {
  readonly label: string;
  readonly lines: number;
  readonly length: number;
  /** Declares `key(line, position) -> u32`. */
  readonly key: (shader: Shader) => void;
  /** Declares `place(line, position, pair)`, which takes the sorted pairs. */
  readonly place: (shader: Shader) => void;
}

export function sort(kernel: SortKernel, segment: Segment, target: Target): Dispatch[] {
  const { descending, dtype, length, inputs, outputs } = kernel;
  return sortPairs(segment, target, {
    label: kernel.label,
    lines: lineCount(kernel),
    length,
    key: (shader) => {
      declareOrder(shader, dtype, false);
      const x = shader.load(inputs[0], lineElement(kernel, "line", "position"));
      // NaN comes last, or first when the order falls.
      shader.declare(
        `fn key(line: u32, position: u32) -> u32 { return ${descending ? "~" : ""}order(${x}); }`,
      );
    },
    place: (shader) => {
      const to = lineElement(kernel, "line", "position");
      shader.declare(`
fn place(line: u32, position: u32, pair: vec2<u32>) {
  let x = ${shader.load(inputs[0], lineElement(kernel, "line", "pair.y"))};
  ${shader.store(outputs[0], to, "x")}
  ${shader.store(outputs[1], to, "i32(pair.y)")}
}`);
    },
  });
}

/** Uses the scratch slots 0 and 1. */
export function sortPairs(segment: Segment, target: Target, spec: PairSort): Dispatch[] {
  const { lines, length } = spec;
  const dispatches: Dispatch[] = [];
  const pairs = (shader: Shader, slot: number, writable: boolean) =>
    shader.scratch(slot, lines * length, "vec2<u32>", writable);
  const leave = (shader: Shader, slot: number) =>
    shader.declare(`
fn place(line: u32, position: u32, pair: vec2<u32>) {
  ${pairs(shader, slot, true)}[line * ${length}u + position] = pair;
}`);
  let run = Math.min(BLOCK, 2 ** Math.ceil(Math.log2(Math.max(length, 2))));
  let slot = 0;
  const first = new Shader(segment, target);
  spec.key(first);
  if (run >= length) spec.place(first);
  else leave(first, slot);
  dispatches.push(sortBlocks(first, spec, run));
  for (; run < length; run *= 2) {
    const shader = new Shader(segment, target);
    const source = pairs(shader, slot, false);
    slot = 1 - slot;
    if (run * 2 >= length) spec.place(shader);
    else leave(shader, slot);
    dispatches.push(mergeRuns(shader, spec, source, run));
  }
  return dispatches;
}

function sortBlocks(shader: Shader, { label, lines, length }: PairSort, block: number): Dispatch {
  const blocks = Math.ceil(length / block);
  const workgroup = Math.min(WORKGROUP, block / 2);
  shader.declare(`var<workgroup> pairs: array<vec2<u32>, ${block}>;`);
  const body = `
let line = group / ${blocks}u;
let start = group % ${blocks}u * ${block}u;
for (var i = invocation; i < ${block}u; i += ${workgroup}u) {
  var pair = vec2<u32>(0xffffffffu, start + i);
  if (start + i < ${length}u) { pair.x = key(line, start + i); }
  pairs[i] = pair;
}
for (var size = 2u; size <= ${block}u; size <<= 1u) {
  for (var stride = size >> 1u; stride > 0u; stride >>= 1u) {
    workgroupBarrier();
    for (var t = invocation; t < ${block / 2}u; t += ${workgroup}u) {
      let i = 2u * t - t % stride;
      let a = pairs[i];
      let b = pairs[i + stride];
      let falls = a.x > b.x || (a.x == b.x && a.y > b.y);
      if (falls == ((i & size) == 0u)) {
        pairs[i] = b;
        pairs[i + stride] = a;
      }
    }
  }
}
workgroupBarrier();
for (var i = invocation; i < ${block}u && start + i < ${length}u; i += ${workgroup}u) {
  place(line, start + i, pairs[i]);
}`;
  return shader.dispatch({ label, body, workgroup, groups: lines * blocks });
}

function mergeRuns(shader: Shader, spec: PairSort, source: string, run: number): Dispatch {
  const { label, lines, length } = spec;
  const elements = lines * length;
  const body = `
let i = group * ${WORKGROUP}u + invocation;
if (i >= ${elements}u) { return; }
let line = i / ${length}u;
let position = i % ${length}u;
let pair = ${source}[i];
let other = ((position / ${run}u) ^ 1u) * ${run}u;
var low = min(other, ${length}u);
var high = min(other + ${run}u, ${length}u);
let first = low;
while (low < high) {
  let middle = (low + high) / 2u;
  let candidate = ${source}[line * ${length}u + middle];
  if (candidate.x < pair.x || (candidate.x == pair.x && candidate.y < pair.y)) { low = middle + 1u; }
  else { high = middle; }
}
place(line, position / ${run * 2}u * ${run * 2}u + position % ${run}u + low - first, pair);`;
  return shader.dispatch({ label, body, workgroup: WORKGROUP, groups: Math.ceil(elements / WORKGROUP) });
}
