/**
 * Reductions with a fused prologue and epilogue. Lanes of a workgroup share an output; where outputs are few and
 * terms many, workgroups share it too: they leave partial results that a second dispatch reduces, in order.
 */
import type { DType } from "../src/base/dtype.ts";
import { reduceShape, sizeOf } from "../src/base/shape.ts";
import type { ArgReduceKernel, Instr, ReduceKernel, Segment } from "../src/kernel/types.ts";
import { chooseLanes, declareTree, type Lanes, laneVariables, tree } from "./lanes.ts";
import { declareOrder } from "./order.ts";
import { declareEpilogue, printSteps, stepName } from "./program.ts";
import { fromStored, literal, scalarOp, storedType, toStored } from "./scalar.ts";
import { type Dispatch, Shader, type Target } from "./shader.ts";
import { collapse, type Space } from "./space.ts";

/** What is reduced, how, and what happens with the result; the callbacks declare WGSL functions. */
interface Reduction {
  readonly label: string;
  readonly outputs: number;
  readonly length: number;
  readonly byRow: boolean;
  /** The accumulator's WGSL type, of 4 or 8 bytes. */
  readonly type: string;
  readonly start: (shader: Shader) => string;
  readonly combine: (shader: Shader) => (a: string, b: string) => string;
  /** Declares `element(o, r) -> type`, term r of output o. */
  readonly element: (shader: Shader) => void;
  /** Declares `finish(o, acc)`. */
  readonly finish: (shader: Shader) => void;
  readonly flops: number;
  readonly bytes: number;
}

export function reduce(kernel: ReduceKernel, segment: Segment, target: Target): Dispatch[] {
  const { shape, axes, dtype, op, prologue, value, epilogue } = kernel;
  const variables = shape.map((_, d) => (axes.includes(d) ? "r" : "o"));
  const { space, instrs } = collapse(shape, variables, prologue, []);
  const keptShape = reduceShape(shape, axes);
  // Bools accumulate as the words 0 and 1.
  const counted: DType = dtype === "bool" ? "uint32" : dtype;
  const type = storedType(dtype, 1);
  const names = {
    sum: dtype === "bool" ? "max" : "add",
    prod: dtype === "bool" ? "min" : "mul",
    max: "max",
    min: "min",
  };
  return reduction(segment, target, {
    label: kernel.label,
    outputs: sizeOf(keptShape),
    length: sizeOf(axes.map((d) => shape[d])),
    byRow: isByRow(space, instrs),
    type,
    start: (shader) => literal(counted, identity(op, dtype), 1, shader.need),
    combine: (shader) => (a, b) => scalarOp(names[op], [a, b], counted, counted, 1, shader.need),
    element: (shader) => {
      const site = { width: 1 } as const;
      shader.declare(`
fn element(o: u32, r: u32) -> ${type} {
${printSteps(shader, space, instrs, site)}
return ${toStored(dtype, 1, stepName(value, site))};
}`);
    },
    finish: (shader) =>
      declareEpilogue(
        shader,
        "finish",
        ["o"],
        keptShape,
        keptShape.map(() => "o"),
        epilogue,
        {
          type,
          value: fromStored(dtype, 1, "acc"),
        },
      ),
    flops: kernel.flops,
    bytes: kernel.bytes,
  });
}

export function argReduce(kernel: ArgReduceKernel, segment: Segment, target: Target): Dispatch[] {
  const { outer, length, inner, op, dtype, inputs, outputs } = kernel;
  return reduction(segment, target, {
    label: kernel.label,
    outputs: outer * inner,
    length,
    byRow: inner === 1,
    // The order of the element and its index; the largest order wins, then the smallest index.
    type: "vec2<u32>",
    start: () => "vec2<u32>(0u, 0xffffffffu)",
    combine: (shader) => {
      shader.declare(`
fn better(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return select(a, b, b.x > a.x || (b.x == a.x && b.y < a.y));
}`);
      return (a, b) => `better(${a}, ${b})`;
    },
    element: (shader) => {
      declareOrder(shader, dtype, op === "min");
      const at = `((o / ${inner}u) * ${length}u + r) * ${inner}u + o % ${inner}u`;
      shader.declare(
        `fn element(o: u32, r: u32) -> vec2<u32> { return vec2<u32>(order(${shader.load(inputs[0], at)}), r); }`,
      );
    },
    finish: (shader) =>
      shader.declare(`fn finish(o: u32, acc: vec2<u32>) { ${shader.store(outputs[0], "o", "i32(acc.y)")} }`),
    flops: kernel.flops,
    bytes: kernel.bytes,
  });
}

function reduction(segment: Segment, target: Target, spec: Reduction): Dispatch[] {
  const { outputs, length, type, label } = spec;
  const lanes = chooseLanes(outputs, length, spec.byRow);
  const splits = chooseSplits(lanes, outputs, length);
  const shader = new Shader(segment, target);
  spec.element(shader);
  if (splits === 1) {
    spec.finish(shader);
    return [stage(shader, spec, lanes, length, 1)];
  }
  const partial = shader.scratch(0, splits * outputs, type, true);
  shader.declare(`fn leave(o: u32, split: u32, acc: ${type}) { ${partial}[split * ${outputs}u + o] = acc; }`);
  const first = stage(shader, spec, lanes, length, splits);
  const second = new Shader(segment, target);
  const partials = second.scratch(0, splits * outputs, type, false);
  second.declare(`fn element(o: u32, r: u32) -> ${type} { return ${partials}[r * ${outputs}u + o]; }`);
  spec.finish(second);
  const last = { ...spec, label, flops: 0, bytes: 0 };
  return [first, stage(second, last, chooseLanes(outputs, splits, false), splits, 1)];
}

/** One dispatch over `length` terms per output, cut into `splits` runs. */
function stage(shader: Shader, spec: Reduction, layout: Lanes, length: number, splits: number): Dispatch {
  const { type, outputs, flops, bytes, label } = spec;
  const combine = spec.combine(shader);
  const groups = Math.ceil(outputs / layout.outputs);
  const run = Math.ceil(length / splits);
  declareTree(shader, layout, "shared_acc", type);
  const body = `
${laneVariables(layout)}
let split = group / ${groups}u;
let o = (group % ${groups}u) * ${layout.outputs}u + slot;
var acc = ${spec.start(shader)};
if (o < ${outputs}u) {
  let end = min((split + 1u) * ${run}u, ${length}u);
  for (var r = split * ${run}u + part; r < end; r += ${layout.lanes}u) {
    acc = ${combine("acc", "element(o, r)")};
  }
}
${tree(layout, "shared_acc", "acc", "total", combine)}
if (part == 0u && o < ${outputs}u) { ${splits === 1 ? "finish(o, total)" : "leave(o, split, total)"}; }`;
  return shader.dispatch({
    label,
    body,
    workgroup: layout.workgroup,
    groups: groups * splits,
    flops,
    bytes,
  });
}

/** Workgroups per output: enough to fill a large GPU, each with at least 16 terms per lane. */
function chooseSplits({ lanes, outputs: perGroup }: Lanes, outputs: number, length: number): number {
  const groups = Math.ceil(outputs / perGroup);
  return Math.max(1, Math.min(Math.floor(length / (lanes * 16)), Math.floor(512 / groups), 256));
}

/** Whether neighbouring terms, rather than neighbouring outputs, are neighbours in memory. */
function isByRow(space: Space, instrs: readonly Instr[]): boolean {
  for (const instr of instrs) {
    if (instr.op !== "load") continue;
    const axis = instr.view.strides.findIndex((stride) => Math.abs(stride) === 1);
    if (axis >= 0) return space.variables[axis] === "r";
  }
  return space.variables.at(-1) !== "o";
}

/** What a reduction of no terms gives; the least element also starts a maximum. */
function identity(op: ReduceKernel["op"], dtype: DType): number {
  if (op === "sum") return 0;
  if (op === "prod") return 1;
  const [least, most] = {
    float32: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    int32: [-(2 ** 31), 2 ** 31 - 1],
    uint32: [0, 2 ** 32 - 1],
    bool: [0, 1],
  }[dtype];
  return op === "max" ? least : most;
}
