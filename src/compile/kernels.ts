/** The kernel of each op that has one of its own, and of the composites that a backend may claim. */
import { type Shape, sizeOf } from "../base/shape.ts";
import type { Node, OpDef } from "../graph/node.ts";
import type { ConvKernel, GatherKernel, Kernel, PoolKernel, SoftmaxKernel } from "../kernel/types.ts";
import { logSoftmaxOp, softmaxOp } from "../ops/composites.ts";
import { conv, convInputGrad, convWeightGrad } from "../ops/conv.ts";
import { type GatherAttrs, gather, scatter, scatterAdd } from "../ops/indexing.ts";
import { matmul, matrixOf } from "../ops/matmul.ts";
import { type PoolAttrs, pool, poolGrad, poolTake } from "../ops/pool.ts";
import { argReduce, argSort, cumulative, reduce } from "../ops/reduce.ts";
import type { Window2d } from "../ops/window.ts";
import { type GroupLowering, valuesIn } from "./groupLowering.ts";

type Describe<A> = (node: Node<A>, group: GroupLowering) => Kernel;

/** An op and its kernel. The cast is sound because the table is only asked for a node's own op. */
const of = <A>(op: OpDef<A>, describe: Describe<A>): [object, Describe<unknown>] => [
  op,
  describe as Describe<unknown>,
];

/** By op: describes the kernel of the group that the node anchors. */
export const KERNELS: ReadonlyMap<object, Describe<unknown>> = new Map([
  of(reduce, ({ attrs: { op, axes }, dtype, inputs: [x] }, group) => {
    const before = group.prologue(x);
    return {
      kind: "reduce",
      op,
      dtype,
      shape: x.shape,
      axes,
      ...before,
      ...group.epilogue([], valuesIn(before.prologue)),
    };
  }),

  of(matmul, (node, group) => {
    const { attrs, inputs, shape, dtype } = node;
    const [a, b] = inputs;
    const [m, n] = shape.slice(-2);
    const [, k] = matrixOf(a.shape, attrs.transposeA);
    return {
      kind: "matmul",
      dtype,
      batch: shape.slice(0, -2),
      m,
      n,
      k,
      a: group.operand(a, attrs.transposeA),
      b: group.operand(b, attrs.transposeB),
      ...group.epilogue(group.inputValues(node)),
    };
  }),

  of(conv, convolution("conv")),
  of(convInputGrad, convolution("convInputGrad")),
  of(convWeightGrad, convolution("convWeightGrad")),
  of(pool, pooling("pool")),
  of(poolGrad, pooling("poolGrad")),
  of(poolTake, pooling("poolTake")),
  of(gather, indexing("gather")),
  of(scatter, indexing("scatter")),
  of(scatterAdd, indexing("scatterAdd")),

  of(argReduce, (node, group) => ({ kind: "argReduce", op: node.attrs.op, ...alongAxis(node, group) })),
  of(cumulative, (node, group) => {
    const { op, reverse } = node.attrs;
    return { kind: "cumulative", op, reverse, ...alongAxis(node, group) };
  }),
  // The kernel sorts values and indices together; argSort keeps the indices.
  of(argSort, (node, group) => {
    const common = alongAxis(node, group);
    const values = group.unused(sizeOf(node.shape), common.dtype);
    const { descending } = node.attrs;
    return { kind: "sort", descending, ...common, outputs: [values, ...common.outputs] };
  }),

  of(softmaxOp, softmax(false)),
  of(logSoftmaxOp, softmax(true)),
]);

function convolution(kind: ConvKernel["kind"]): Describe<Window2d> {
  return (node, group) => ({ kind, window: node.attrs, ...group.epilogue(group.inputValues(node)) });
}

function pooling(kind: PoolKernel["kind"]): Describe<PoolAttrs> {
  return (node, group) => ({ kind, ...node.attrs, ...group.epilogue(group.inputValues(node)) });
}

function indexing(kind: GatherKernel["kind"]): Describe<GatherAttrs> {
  return (node, group) => {
    const { axis, along } = node.attrs;
    const [x, indices] = node.inputs;
    const count = along ? indices.shape[axis] : sizeOf(indices.shape);
    const common = group.common(group.inputValues(node));
    return { kind, dtype: x.dtype, along, count, ...axisSplit(x.shape, axis), ...common };
  };
}

function softmax(log: boolean): Describe<null> {
  return (node, group): SoftmaxKernel => {
    const length = node.shape[node.shape.length - 1];
    const rows = length === 0 ? 0 : sizeOf(node.shape) / length;
    return { kind: "softmax", log, rows, length, ...group.common(group.inputValues(node)) };
  };
}

/** The fields of a kernel that works line by line. */
function alongAxis(node: Node<{ readonly axis: number }>, group: GroupLowering) {
  const [{ dtype, shape }] = node.inputs;
  return { dtype, ...axisSplit(shape, node.attrs.axis), ...group.common(group.inputValues(node)) };
}

function axisSplit(shape: Shape, axis: number): { outer: number; length: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis], inner: sizeOf(shape.slice(axis + 1)) };
}
