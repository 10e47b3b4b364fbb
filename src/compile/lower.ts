/** Turns a fusion group into the kernels that a backend compiles. */
import { invariant } from "../base/errors.ts";
import { rowMajor, sizeOf } from "../base/shape.ts";
import { is, type Node } from "../graph/node.ts";
import type { Kernel, MapKernel } from "../kernel/types.ts";
import { concat } from "../ops/movement.ts";
import { Emitter } from "./emit.ts";
import type { Group } from "./fuse.ts";
import { GroupLowering, type LowerContext, labelOf, opsIn, valuesIn } from "./groupLowering.ts";
import { KERNELS } from "./kernels.ts";

/** The kernels of one group, in execution order. */
export function lower(group: Group, context: LowerContext): Kernel[] {
  const { anchor, shape } = group;
  const lowering = new GroupLowering(group, context);
  if (!anchor) {
    const program = lowering.members();
    return [{ kind: "map", shape, program, ...lowering.common([], valuesIn(program.instrs)) }];
  }
  if (is(anchor, concat)) return concatenation(group, anchor, context);
  const describe = KERNELS.get(anchor.op);
  invariant(describe, `${anchor.op.name} has no kernel`);
  return [describe(anchor, lowering)];
}

/** One map per part, each writing its window of the output. */
function concatenation(group: Group, anchor: Node<{ axis: number }>, context: LowerContext): MapKernel[] {
  const { axis } = anchor.attrs;
  const strides = rowMajor(anchor.shape);
  const label = labelOf(opsIn(group, context.fusion));
  let at = 0;
  return anchor.inputs.flatMap((part): MapKernel[] => {
    const { shape } = part;
    const offset = at * strides[axis];
    at += shape[axis];
    if (sizeOf(shape) === 0) return [];
    const emitter = new Emitter(shape, { ...context, isMaterialised: context.fusion.isMaterialised });
    const value = emitter.input(part);
    const output = context.valueOf(anchor);
    const program = emitter.program([{ output, value, map: { offset, strides } }]);
    const inputs = [...new Set(valuesIn(program.instrs))];
    const bytes = 8 * sizeOf(shape);
    return [{ kind: "map", shape, program, label, inputs, outputs: [output], flops: 0, bytes }];
  });
}
