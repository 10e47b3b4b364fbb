/** What a compiled plan holds and does, in numbers. */
import { Kernel as WasmKernel } from "../../assembly/kernels.ts";
import { lower } from "../../gpu/lower.ts";
import { executedFlops as executedOnGpu } from "../../gpu/work.ts";
import type { Command, ProgramAddress } from "../../src/backends/wasm/command.ts";
import { lowerSegment } from "../../src/backends/wasm/lower/segment.ts";
import { executedFlops as executedOnWasm } from "../../src/backends/wasm/lower/work.ts";
import { sizeOf } from "../../src/base/shape.ts";
import type { Plan } from "../../src/compile/plan.ts";
import type { Node } from "../../src/graph/node.ts";
import type { Instr, Kernel, Segment } from "../../src/kernel/types.ts";
import { type StorageBuffers, targetOf } from "./devices.ts";

/** Numbers by the name of their row, in the order of the rows. */
export type Counts = Map<string, number>;

/** What one call of `compile` was given and gave. */
export interface Compiled {
  /** Every node of the recorded graph that is to be computed. */
  readonly recorded: readonly Node[];
  /** Nodes that were fused: of the plan, then of its constants plan. */
  readonly nodes: readonly number[];
  readonly plan: Plan;
  readonly constantsPlan: Plan | undefined;
}

const total = <T>(items: readonly T[], number: (item: T) => number): number =>
  items.reduce((sum, item) => sum + number(item), 0);

const CONTRACTIONS = ["matmul", "conv", "convInputGrad", "convWeightGrad"];

const flopsOf = (node: Node): number => node.op.flops?.(node) ?? sizeOf(node.shape);

/** Two per multiply-add that a kernel's contraction asks for; 0 for another kernel. */
function contractionFlops(kernel: Kernel): number {
  if (kernel.kind === "matmul") return 2 * sizeOf(kernel.batch) * kernel.m * kernel.n * kernel.k;
  if (kernel.kind !== "conv" && kernel.kind !== "convInputGrad" && kernel.kind !== "convWeightGrad") return 0;
  const w = kernel.window;
  const perPixel = (2 * w.kernelHeight * w.kernelWidth * w.inChannels * w.outChannels) / w.groups;
  return w.batch * w.outHeight * w.outWidth * perPixel;
}

/** Rows that every backend has. */
export function planCounts({ recorded, nodes, plan, constantsPlan }: Compiled): Counts {
  const asked = (isContraction: boolean): number =>
    total(
      recorded.filter(({ op }) => CONTRACTIONS.includes(op.name) === isContraction),
      flopsOf,
    );
  const { kernels } = plan.segment;
  const contractions = total(kernels, contractionFlops);
  return new Map([
    ["graph: nodes recorded", recorded.length],
    ["graph: nodes after rewriting", nodes[0]],
    ["graph: flops of contractions", asked(true)],
    ["graph: other flops", asked(false)],
    ["kernels", kernels.length],
    ...histogram(kernels, "kernels: ", ({ kind, label }) => (label === "copy" ? "copy" : kind)),
    ["kernels: flops of contractions", contractions],
    ["kernels: other flops", total(kernels, ({ flops }) => flops) - contractions],
    ["kernels: elements × steps", total(kernels, (kernel) => programSteps(kernel, plan.segment))],
    ["kernels: bytes moved", total(kernels, ({ bytes }) => bytes)],
    ["memory: slots", plan.slots.length],
    ["memory: bytes of slots", total(plan.slots, (bytes) => bytes)],
    ["memory: states written", plan.written.length],
    ["memory: of them in place", writtenInPlace(plan)],
    ["memory: numbers of a call", plan.segment.scalars.length],
    ...(constantsPlan ? constantsCounts(constantsPlan, nodes[1]) : []),
  ]);
}

function constantsCounts({ segment, slots, outputs }: Plan, nodes: number): [string, number][] {
  return [
    ["constants: values cached", outputs.length],
    ["constants: bytes cached", total(outputs, ({ shape }) => 4 * sizeOf(shape))],
    ["constants: nodes", nodes],
    ["constants: kernels", segment.kernels.length],
    ["constants: bytes moved", total(segment.kernels, ({ bytes }) => bytes)],
    ["constants: bytes of slots", total(slots, (bytes) => bytes)],
  ];
}

/** Elements times the arithmetic steps at each: what several kernels compute counts for each. */
function programSteps(kernel: Kernel, { values }: Segment): number {
  const steps = (instrs: readonly Instr[]): number =>
    total(instrs, ({ op }) => Number(op === "map" || op === "random"));
  let sum = 0;
  if ("program" in kernel) sum += steps(kernel.program.instrs) * sizeOf(kernel.shape);
  if ("prologue" in kernel) sum += steps(kernel.prologue) * sizeOf(kernel.shape);
  if ("epilogue" in kernel) sum += steps(kernel.epilogue.instrs) * values[kernel.outputs[0]].size;
  return sum;
}

/** States that the kernel which computes their new value overwrites; the others are copied to. */
function writtenInPlace({ segment: { kernels }, places, written }: Plan): number {
  const copied = kernels.filter(
    ({ label, outputs }) => label === "copy" && places[outputs[0]].kind === "leaf",
  );
  return written.length - copied.length;
}

/** Flops that the backend's kernels execute; those without tiles execute what is asked for. */
const EXECUTED = "kernels: flops of their tiles";

/** Rows of the command list on wasm. */
export function wasmCounts({ segment }: Plan): Counts {
  const { commands, ends, prepack, workspaceBytes, cacheBytes } = lowerSegment(segment);
  const executed = (kernel: Kernel, i: number): number => {
    const tiled = commands
      .slice(ends[i - 1] ?? 0, ends[i])
      .flatMap((command) => executedOnWasm(command) ?? []);
    return tiled.length > 0 ? total(tiled, (flops) => flops) : contractionFlops(kernel);
  };
  return new Map([
    [EXECUTED, total(segment.kernels.map(executed), (flops) => flops)],
    ["wasm: commands", commands.length],
    ...histogram(commands, "wasm: ", ({ kernel }) => WasmKernel[kernel]),
    ["wasm: words of programs", total(programsOf(commands), ({ words }) => words.length)],
    ["wasm: bytes of workspace", workspaceBytes],
    ["wasm: commands of the prepack", prepack.length],
    ["wasm: bytes prepacked", cacheBytes],
  ]);
}

const programsOf = (commands: readonly Command[]): ProgramAddress[] => [
  ...new Set(
    commands.flatMap(({ params }) =>
      params.filter((word) => typeof word === "object" && word.kind === "program"),
    ),
  ),
];

/** Rows of the dispatches on WebGPU. */
export function gpuCounts({ segment }: Plan, storageBuffers: StorageBuffers): Counts {
  const { kernels } = segment;
  const dispatches = kernels.flatMap((kernel) => lower(kernel, segment, targetOf(storageBuffers)));
  const bindings = dispatches.flatMap((dispatch) => dispatch.bindings);
  return new Map([
    [EXECUTED, total(kernels, (kernel) => executedOnGpu(kernel) ?? contractionFlops(kernel))],
    ["webgpu: dispatches", dispatches.length],
    ["webgpu: different shaders", new Set(dispatches.map(({ code }) => code)).size],
    ["webgpu: bindings", bindings.length],
    ["webgpu: of them as vec4", total(dispatches, ({ code }) => code.match(VECTORS)?.length ?? 0)],
    ["webgpu: dispatches with a uniform", total(dispatches, (d) => Number(d.scalars.from === "uniform"))],
    [
      "webgpu: bytes of scratch",
      total(bindings, ({ resource }) => (resource.kind === "scratch" ? resource.bytes : 0)),
    ],
  ]);
}

const VECTORS = /var<storage.*array<vec4</g;

function histogram<T>(items: readonly T[], prefix: string, nameOf: (item: T) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return [...counts].sort().map(([name, count]) => [prefix + name, count]);
}
