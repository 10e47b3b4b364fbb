/**
 * Reverse-mode differentiation: walks a recorded graph backwards and records ordinary nodes, so gradients fuse with
 * everything else and can be differentiated again. Source: Griewank & Walther, "Evaluating Derivatives" (2008), ch. 3.
 */
import { fail } from "../../base/errors.ts";
import { sameShape, showShape } from "../../base/shape.ts";
import { make } from "../../graph/builder.ts";
import type { Node } from "../../graph/node.ts";
import { topological } from "../../graph/walk.ts";
import { core } from "../../ops/core.ts";
import { alias } from "../../ops/identity.ts";

/**
 * Gradients of Σ seed · output with respect to each of `wrt`; undefined where the output does not depend on it.
 * `seed` is 1 by default, which asks for a scalar output.
 */
export function gradients(output: Node, wrt: readonly Node[], seed?: Node): (Node | undefined)[] {
  if (output.dtype !== "float32") fail("grad", `needs a float32 output: got ${output.dtype}`);
  if (!seed && output.shape.length > 0)
    fail("grad", `needs a scalar output: got shape ${showShape(output.shape)}`);

  const targets = new Set(wrt);
  const order = topological([output], (node) => targets.has(node));
  const active = new Set<Node>();
  for (const node of order) {
    if (targets.has(node) || node.inputs.some((i) => active.has(i))) active.add(node);
  }

  const sums = new Map<Node, Node>();
  if (active.has(output)) sums.set(output, seed ?? core.scalar(1));
  for (const node of order.reverse()) {
    const dy = sums.get(node);
    if (!dy || targets.has(node)) continue;
    sums.delete(node);
    for (const [i, dx] of vjp(node, dy).entries()) {
      const input = node.inputs[i];
      if (!dx || !active.has(input) || input.dtype !== "float32") continue;
      if (!sameShape(dx.shape, input.shape)) {
        fail(
          node.op.name,
          `gradient of input ${i} must be ${showShape(input.shape)}: got ${showShape(dx.shape)}`,
        );
      }
      const before = sums.get(input);
      sums.set(input, before ? core.add(before, dx) : dx);
    }
  }
  return wrt.map((node) => sums.get(node));
}

/** The op's own gradient; a composite without one is expanded and differentiated. */
function vjp(node: Node, dy: Node): readonly (Node | undefined)[] {
  if (node.op.vjp) return node.op.vjp(core, node, dy);
  if (!node.op.expand) return [];
  // One node may be several inputs: each gets a leaf of its own.
  const leaves = node.inputs.map((i) => make(alias, [i], null));
  const apart = make(node.op, leaves, node.attrs);
  const simpler = node.op.expand(core, apart);
  return simpler ? gradients(simpler, leaves, dy) : [];
}
