/**
 * The reference: evaluates a recorded graph in float64, one primitive after the other, composites dissolved.
 * Every device is compared with it. It is for tests and documentation: as plain and as slow as it can be.
 */
import { fail } from "../../base/errors.ts";
import { philoxFill } from "../../base/philox.ts";
import { sizeOf } from "../../base/shape.ts";
import type { Node } from "../../graph/node.ts";
import { topological } from "../../graph/walk.ts";
import { core } from "../../ops/core.ts";
import { iota, randomBits, scalar } from "../../ops/sources.ts";
import { CONTRACT } from "./contract.ts";
import { MOVEMENT } from "./movement.ts";
import { POINTWISE } from "./pointwise.ts";
import { REDUCE } from "./reduce.ts";
import { build, type Meaning, meaning, type Values, wrap } from "./values.ts";
import { WINDOW } from "./window.ts";

const GENERATE = [
  meaning(scalar, ({ dtype, attrs }) => Float64Array.of(wrap(dtype, attrs.source.value))),
  meaning(iota, ({ attrs }) => build(attrs.shape, (index) => index[attrs.axis])),
  meaning(randomBits, ({ attrs }, [[key0], [key1], [counter]]) =>
    Float64Array.from(philoxFill(key0, key1, counter, new Uint32Array(sizeOf(attrs.shape)))),
  ),
];

const MEANINGS: ReadonlyMap<object, Meaning> = new Map(
  [GENERATE, POINTWISE, MOVEMENT, REDUCE, CONTRACT, WINDOW].flat(),
);

/** The values of `roots`; `leaf` gives those of feeds, states and stored nodes. */
export function evaluate(roots: readonly Node[], leaf: (node: Node) => ArrayLike<number>): Values[] {
  const known = new Map<Node, Values>();

  function compute(node: Node): Values {
    const { name, kind, expand } = node.op;
    if (kind === "memory") return Float64Array.from(leaf(node), (v) => wrap(node.dtype, v));
    const inputs = node.inputs.map((input) => known.get(input)!);
    if (kind === "identity") return inputs[0];
    const apply = MEANINGS.get(node.op);
    if (apply) return apply(node, inputs);
    return resolve([
      expand?.(core, node) ?? fail(name, "has neither a meaning of its own nor an expansion"),
    ])[0];
  }

  function resolve(targets: readonly Node[]): Values[] {
    for (const node of topological(targets, (n) => known.has(n) || n.op.kind === "memory")) {
      if (!known.has(node)) known.set(node, compute(node));
    }
    return targets.map((target) => known.get(target)!);
  }

  return resolve(roots);
}
