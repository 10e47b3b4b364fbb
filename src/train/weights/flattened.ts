/** Finds the dense layers behind a flatten: how their inputs are ordered depends on the layout of what was flattened. */
import { type Shape, sameShape, sizeOf } from "../../base/shape.ts";
import { is, type Node } from "../../graph/node.ts";
import { topological } from "../../graph/walk.ts";
import { Dense } from "../../nn/dense.ts";
import type { Module } from "../../nn/module.ts";
import { matmul } from "../../ops/matmul.ts";
import { reshape } from "../../ops/movement.ts";

/** The shape of one sample, [..., channels], before it was flattened into a dense layer's input. */
export function flattenedShapes(net: Module): Map<Module, Shape> {
  const found = new Map<Module, Shape>();
  net.observe((module, _path, results, firstId) => {
    if (!(module instanceof Dense)) return;
    const inside = topological(results, (node) => node.id < firstId);
    const product = inside.find((node) => is(node, matmul));
    const shape = product && flattenedInto(product.inputs[0]);
    if (shape) found.set(module, shape);
  });
  return found;
}

/** Goes back through what works element by element to the reshape that made one axis of several. */
function flattenedInto(features: Node): Shape | undefined {
  let node: Node | undefined = features;
  while (node) {
    const { op, inputs, shape }: Node = node;
    if (op === reshape) {
      const before = inputs[0].shape;
      const isFlatten = before.length > 2 && sizeOf(before.slice(1)) === shape[shape.length - 1];
      return isFlatten ? before.slice(1) : undefined;
    }
    const isElementwise = ["pointwise", "identity", "composite"].includes(op.kind);
    node = isElementwise ? inputs.find((input) => sameShape(input.shape, shape)) : undefined;
  }
  return undefined;
}
