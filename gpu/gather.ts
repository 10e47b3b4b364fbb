/**
 * gather, scatter and scatterAdd. Scattering sorts the indices first; then every element finds what goes to it by
 * binary search, so the result is the same at every run and needs no atomics on floats.
 */
import type { GatherKernel, Segment } from "../src/kernel/types.ts";
import { lineElement } from "./lines.ts";
import { scalarOp, wgslType } from "./scalar.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";
import { sortPairs } from "./sort.ts";
import { declareChecked } from "./status.ts";

const WORKGROUP = 128;
/** Beside the two slots of the sort. */
const SORTED_SLOT = 2;

export function gather(kernel: GatherKernel, segment: Segment, target: Target): Dispatch[] {
  const { along, outer, length, inner, count, inputs, outputs } = kernel;
  const [x, indices] = inputs;
  const elements = outer * count * inner;
  const shader = new Shader(segment, target);
  declareChecked(shader, "gather");
  const index = shader.load(indices, along ? "i" : `i / ${inner}u % ${count}u`);
  const source = `(i / ${count * inner}u * ${length}u + checked(${index}, ${length}u)) * ${inner}u + i % ${inner}u`;
  return [
    shader.dispatch({
      label: kernel.label,
      body: `
let i = group * ${WORKGROUP}u + invocation;
if (i >= ${elements}u) { return; }
let source = ${source};
${shader.store(outputs[0], "i", shader.load(x, "source"))}`,
      workgroup: WORKGROUP,
      groups: Math.ceil(elements / WORKGROUP),
      flops: kernel.flops,
      bytes: kernel.bytes,
    }),
  ];
}

export function scatter(kernel: GatherKernel, segment: Segment, target: Target): Dispatch[] {
  const { kind, along, outer, length, inner, count, inputs } = kernel;
  const lines = along ? outer * inner : 1;
  const indexLines = along ? { outer, length: count, inner } : { outer: 1, length: count, inner: 1 };
  const sorted = (shader: Shader, writable: boolean) =>
    shader.scratch(SORTED_SLOT, lines * count, "vec2<u32>", writable);
  const sorting =
    count === 0
      ? []
      : sortPairs(segment, target, {
          label: kernel.label,
          lines,
          length: count,
          key: (shader) => {
            declareChecked(shader, kind);
            const index = shader.load(inputs[1], lineElement(indexLines, "line", "position"));
            shader.declare(
              `fn key(line: u32, position: u32) -> u32 { return checked(${index}, ${length}u); }`,
            );
          },
          place: (shader) =>
            shader.declare(`
fn place(line: u32, position: u32, pair: vec2<u32>) {
  ${sorted(shader, true)}[line * ${count}u + position] = pair;
}`),
        });
  const shader = new Shader(segment, target);
  return [...sorting, collect(shader, kernel, count === 0 ? "" : sorted(shader, false))];
}

/** Every element takes its updates, in index order. */
function collect(shader: Shader, kernel: GatherKernel, pairs: string): Dispatch {
  const { kind, dtype, along, outer, length, inner, count, inputs, outputs } = kernel;
  const [x, , updates] = inputs;
  const elements = outer * length * inner;
  const update = shader.load(
    updates,
    `(i / ${length * inner}u * ${count}u + pair.y) * ${inner}u + i % ${inner}u`,
  );
  const sum = scalarOp("add", ["acc", update], dtype, dtype, 1, shader.need);
  const take = `
let position = i / ${inner}u % ${length}u;
let first = ${along ? `(i / ${length * inner}u * ${inner}u + i % ${inner}u) * ${count}u` : "0u"};
var low = 0u;
var high = ${count}u;
while (low < high) {
  let middle = (low + high) / 2u;
  if (${pairs}[first + middle].x < position) { low = middle + 1u; } else { high = middle; }
}
for (; low < ${count}u; low++) {
  let pair = ${pairs}[first + low];
  if (pair.x != position) { break; }
  acc = ${kind === "scatterAdd" ? sum : update};
}`;
  return shader.dispatch({
    label: kernel.label,
    body: `
let i = group * ${WORKGROUP}u + invocation;
if (i >= ${elements}u) { return; }
var acc: ${wgslType(dtype, 1)} = ${shader.load(x, "i")};
${count === 0 ? "" : take}
${shader.store(outputs[0], "i", "acc")}`,
    workgroup: WORKGROUP,
    groups: Math.ceil(elements / WORKGROUP),
    flops: kernel.flops,
    bytes: kernel.bytes,
  });
}
