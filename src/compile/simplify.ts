/** Local rewrites that hold for every input, applied when a pass makes a node. NaN and infinity stay what they were. */
import { sameShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node, OpDef } from "../graph/node.ts";
import { core } from "../ops/core.ts";
import { type MatmulAttrs, matmul } from "../ops/matmul.ts";
import { broadcast, permute, reshape } from "../ops/movement.ts";
import { reduce } from "../ops/reduce.ts";
import { isStructural, type ScalarSource, scalar } from "../ops/sources.ts";

/** The simpler node that equals `op(inputs)`, or undefined. */
export function simplify(op: OpDef, inputs: readonly Node[], attrs: unknown): Node | undefined {
  if (op.kind === "identity") return inputs[0];
  if (op.kind === "pointwise") return pointwise(op.name, inputs, attrs);
  if (op.kind === "movement") return movement(op, inputs[0], attrs);
  if (op === matmul) return absorbTranspose(inputs, attrs as MatmulAttrs);
  if (op === reduce) {
    const { axes, op: name } = attrs as { axes: readonly number[]; op: string };
    const [x] = inputs;
    // Over axes of length 1 every reduction is the element itself.
    if (x.dtype !== "bool" && name !== "" && axes.every((a) => x.shape[a] === 1)) {
      return core.reshape(
        x,
        x.shape.filter((_, i) => !axes.includes(i)),
      );
    }
  }
  return undefined;
}

/** The structural literal (0, 1 or −1) that fills this node. */
function constant(node: Node): number | undefined {
  let at = node;
  while (at.op === broadcast || at.op === reshape || at.op === permute) at = at.inputs[0];
  if (at.op !== scalar) return undefined;
  const { source } = at.attrs as { source: ScalarSource };
  return isStructural(source) ? source.value : undefined;
}

function pointwise(name: string, inputs: readonly Node[], attrs: unknown): Node | undefined {
  const [a, b] = inputs;
  switch (name) {
    case "neg":
      return a.op.name === "neg" ? a.inputs[0] : undefined;
    case "add":
      return constant(b) === 0 ? a : constant(a) === 0 ? b : undefined;
    case "sub":
      return constant(b) === 0 ? a : constant(a) === 0 ? core.neg(b) : undefined;
    case "mul":
      if (constant(b) === 1) return a;
      if (constant(a) === 1) return b;
      if (constant(b) === -1) return core.neg(a);
      return constant(a) === -1 ? core.neg(b) : undefined;
    case "div":
      return constant(b) === 1 ? a : undefined;
    case "pow":
      return constant(b) === 1 ? a : undefined;
    case "cast": {
      const { dtype } = attrs as { dtype: Node["dtype"] };
      if (dtype === a.dtype) return a;
      if (a.op !== scalar) return undefined;
      const { source } = a.attrs as { source: ScalarSource };
      const survives = source.value >= 0 || dtype === "int32" || dtype === "float32";
      return isStructural(source) && survives ? make(scalar, [], { source, dtype }) : undefined;
    }
    default:
      return undefined;
  }
}

function movement(op: OpDef, x: Node, attrs: unknown): Node | undefined {
  if (op === reshape || op === broadcast) {
    const { shape } = attrs as { shape: readonly number[] };
    if (sameShape(shape, x.shape)) return x;
    if (op === reshape && x.op === reshape) return core.reshape(x.inputs[0], shape);
    if (op === broadcast && x.op === broadcast) return core.broadcast(x.inputs[0], shape);
  }
  if (op === permute) {
    const { axes } = attrs as { axes: readonly number[] };
    if (axes.every((a, i) => a === i)) return x;
    if (x.op === permute) {
      const inner = (x.attrs as { axes: readonly number[] }).axes;
      return core.permute(
        x.inputs[0],
        axes.map((a) => inner[a]),
      );
    }
  }
  return undefined;
}

/** matmul(aᵀ, b) without moving a. */
function absorbTranspose([a, b]: readonly Node[], { transposeA, transposeB }: MatmulAttrs): Node | undefined {
  const [ta, tb] = [isMatrixTranspose(a), isMatrixTranspose(b)];
  if (!ta && !tb) return undefined;
  return core.matmul(ta ? a.inputs[0] : a, tb ? b.inputs[0] : b, {
    transposeA: transposeA !== ta,
    transposeB: transposeB !== tb,
  });
}

function isMatrixTranspose(node: Node): boolean {
  if (node.op !== permute) return false;
  const { axes } = node.attrs as { axes: readonly number[] };
  const rank = axes.length;
  return axes.every((a, i) => a === (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
}
