/**
 * Scales and shifts of channels behind a convolution or a product, as one scale and one shift: batch norm in evaluation
 * mode (Ioffe & Szegedy 2015). The scale is multiplied into the kernel where that is smaller than the feature map.
 * Only constants fold, and values change by rounding.
 */
import { sizeOf } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import { is, type Node } from "../graph/node.ts";
import { consumers, topological } from "../graph/walk.ts";
import { conv } from "../ops/conv.ts";
import { core } from "../ops/core.ts";
import { matmul } from "../ops/matmul.ts";
import { broadcast } from "../ops/movement.ts";
import type { Constancy } from "./constancy.ts";

/** product · scale + shift, both of shape [channels]. */
interface Affine {
  readonly product: Node;
  readonly scale?: Node;
  readonly shift?: Node;
}

/** The same roots with folded channels. */
export function foldChannels(roots: readonly Node[], constants: Constancy): readonly Node[] {
  const order = topological(roots);
  const users = consumers(order);
  for (const root of roots) users.get(root)!.push(root);
  const made = new Map<Node, Node>();
  const affine = new Map<Node, Affine>();
  for (const node of order) {
    const inputs = node.inputs.map((input) => made.get(input)!);
    // With another reader the value is computed in any case, and folding saves nothing.
    const affineInput = (i: number) =>
      users.get(node.inputs[i])!.length === 1 ? affine.get(inputs[i]) : undefined;
    const folded = fold(node.op.name, affineInput, (i) => channels(inputs[i], constants));
    const isSame = inputs.every((input, i) => input === node.inputs[i]);
    const next = folded ? emit(folded) : isSame ? node : make(node.op, inputs, node.attrs);
    made.set(node, next);
    if (folded) affine.set(next, folded);
    else if (isProduct(next, constants)) affine.set(next, { product: next });
  }
  return roots.map((root) => made.get(root)!);
}

function fold(
  op: string,
  affineInput: (i: number) => Affine | undefined,
  channelsOf: (i: number) => Node | undefined,
): Affine | undefined {
  if (op !== "mul" && op !== "add" && op !== "sub") return undefined;
  for (const side of op === "sub" ? [0] : [0, 1]) {
    const y = affineInput(side);
    const c = y && channelsOf(1 - side);
    if (!c) continue;
    const { product, scale, shift } = y;
    if (op === "mul") {
      return { product, scale: scale ? core.mul(scale, c) : c, shift: shift && core.mul(shift, c) };
    }
    const term = op === "sub" ? core.neg(c) : c;
    return { product, scale, shift: shift ? core.add(shift, term) : term };
  }
  return undefined;
}

function emit({ product, scale, shift }: Affine): Node {
  let y = product;
  if (scale) {
    const [x, kernel] = product.inputs;
    const isSmall = sizeOf(kernel.shape) <= sizeOf(product.shape);
    y = isSmall ? make(product.op, [x, core.mul(kernel, scale)], product.attrs) : core.mul(product, scale);
  }
  return shift ? core.add(y, shift) : y;
}

/** Whether scaling a column of its constant kernel scales a channel of its result. */
function isProduct(node: Node, constants: Constancy): boolean {
  const { inputs } = node;
  const hasColumns =
    is(node, conv) || (is(node, matmul) && inputs[1].shape.length === 2 && !node.attrs.transposeB);
  return hasColumns && constants.has(inputs[1]) && !constants.has(inputs[0]);
}

/** The constant of shape [channels] that this node repeats over all other axes. */
function channels({ op, inputs: [x], shape }: Node, constants: Constancy): Node | undefined {
  if (op !== broadcast || !constants.has(x)) return undefined;
  const count = shape[shape.length - 1];
  const fits = x.shape[x.shape.length - 1] === count && sizeOf(x.shape) === count;
  return fits ? core.reshape(x, [count]) : undefined;
}
