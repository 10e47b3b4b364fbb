/**
 * Rebuilds a recorded graph for one device: shared subexpressions merged, identities and simple algebra removed, and
 * composites that the device does not claim dissolved into primitives.
 */
import { BUILDER, type Builder, interning, unchecked } from "../graph/builder.ts";
import { within } from "../graph/context.ts";
import { is, Node, type OpDef } from "../graph/node.ts";
import { topological } from "../graph/walk.ts";
import { core } from "../ops/core.ts";
import { isStructural, type ScalarSource, scalar } from "../ops/sources.ts";
import { simplify } from "./simplify.ts";

export interface Rebuilt {
  readonly roots: readonly Node[];
  /** The node that each leaf (memory node or cut) became. */
  readonly leaves: ReadonlyMap<Node, Node>;
}

/** `isLeaf` ends the graph where a value is already in memory; `claims` names the composites to keep. */
export function rebuild(
  roots: readonly Node[],
  isLeaf: (node: Node) => boolean,
  claims: ReadonlySet<string>,
): Rebuilt {
  const builder = passBuilder(claims);
  const made = new Map<Node, Node>();
  const leaves = new Map<Node, Node>();
  within([BUILDER.as(builder)], () => {
    for (const node of topological(roots, isLeaf)) {
      const leaf = isLeaf(node) || node.op.kind === "memory";
      const next = leaf
        ? asLeaf(node)
        : builder.make(
            node.op,
            node.inputs.map((i) => made.get(i)!),
            node.attrs,
          );
      if (leaf) leaves.set(node, next);
      made.set(node, next);
    }
  });
  return { roots: roots.map((r) => made.get(r)!), leaves };
}

/** A leaf keeps its own identity, whatever op computed it. */
const leafOp: OpDef<{ of: Node }> = {
  name: "leaf",
  kind: "memory",
  infer: (_, { of }) => of,
};

const asLeaf = (node: Node): Node => new Node(leafOp, [], { of: node }, node.shape, node.dtype, node.scope);

/** Simplifies, expands what is not claimed, and merges equal nodes. */
export function passBuilder(claims: ReadonlySet<string>): Builder {
  const interned = interning(unchecked, keyOf);
  return {
    make<A>(op: OpDef<A>, inputs: readonly Node[], attrs: A): Node<A> {
      const simpler = simplify(op as OpDef, inputs, attrs);
      if (simpler) return simpler as Node<A>;
      const expanded = claims.has(op.name) ? undefined : op.expand?.(core, unchecked.make(op, inputs, attrs));
      return (expanded as Node<A> | undefined) ?? interned.make(op, inputs, attrs);
    },
  };
}

function keyOf(node: Node): string {
  // A literal that may differ between calls of one plan must not be merged with an equal one.
  if (is(node, scalar)) {
    const { source, dtype } = node.attrs;
    return isStructural(source) ? `scalar ${dtype} ${source.value}` : `scalar ${dtype} #${sourceId(source)}`;
  }
  return `${node.op.name} ${structuralKey(node)}`;
}

/** What the attributes add to a node's identity. */
export function structuralKey(node: Node): string {
  return node.op.key ? node.op.key(node.attrs) : JSON.stringify(node.attrs);
}

const ids = new WeakMap<ScalarSource, number>();
let nextSource = 0;

function sourceId(source: ScalarSource): number {
  const known = ids.get(source);
  if (known !== undefined) return known;
  ids.set(source, nextSource);
  return nextSource++;
}
