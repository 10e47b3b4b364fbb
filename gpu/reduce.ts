/** Reductions with a fused prologue and epilogue, and the index of the largest or smallest. */
import type { DType } from "../src/base/dtype.ts";
import { reduceShape, sizeOf } from "../src/base/shape.ts";
import type { ArgReduceKernel, Instr, ReduceKernel, Segment } from "../src/kernel/types.ts";
import { declareOrder } from "./order.ts";
import { declareEpilogue, printSteps, stepName } from "./program.ts";
import { reduction } from "./reduction.ts";
import { fromStored, literal, scalarOp, storedType, toStored } from "./scalar.ts";
import type { Dispatch, Target } from "./shader.ts";
import { collapse, type Space } from "./space.ts";

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
  } as const;
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
return ${toStored(dtype, 1, stepName(value))};
}`);
    },
    finish: (shader) => {
      const variables = keptShape.map(() => "o");
      const body = collapse(keptShape, variables, epilogue.instrs, epilogue.stores);
      declareEpilogue(shader, "finish", ["o"], body, { type, value: fromStored(dtype, 1, "acc") });
      return "finish";
    },
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
    finish: (shader) => {
      const store = shader.store(outputs[0], "o", "i32(acc.y)");
      shader.declare(`fn finish(o: u32, acc: vec2<u32>) { ${store} }`);
      return "finish";
    },
    flops: kernel.flops,
    bytes: kernel.bytes,
  });
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

/** The result of a reduction of no terms; the least element also starts a maximum. */
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
