/** Makes nodes. Recording appends as written; a pass installs a builder that interns and simplifies. */
import { fail } from "../base/errors.ts";
import { ContextKey } from "./context.ts";
import { Node, type OpDef } from "./node.ts";

export interface Builder {
  make<A>(op: OpDef<A>, inputs: readonly Node[], attrs: A): Node<A>;
}

/** Appends nodes to recording `scope` (0: outside `jit`) after their shape rule has held. */
export function recorder(scope: number): Builder {
  return {
    make(op, inputs, attrs) {
      for (const input of inputs) {
        if (input.scope !== 0 && input.scope !== scope) {
          fail(
            op.name,
            "got a tensor of a compiled function outside it; return it from the function to use its value",
          );
        }
        // Recorded on, or captured by a compiled function that reads it at every call.
        if (input.scope === 0) input.isUsed = true;
      }
      const { shape, dtype } = op.infer(inputs, attrs);
      return new Node(op, inputs, attrs, shape, dtype, scope);
    },
  };
}

/** Appends nodes for a pass, which takes them from any recording. */
export const unchecked: Builder = {
  make(op, inputs, attrs) {
    const { shape, dtype } = op.infer(inputs, attrs);
    return new Node(op, inputs, attrs, shape, dtype, 0);
  },
};

/** The builder in force. */
export const BUILDER = /* @__PURE__ */ new ContextKey(recorder(0));

/** Records one op with the builder in force. */
export function make<A>(op: OpDef<A>, inputs: readonly Node[], attrs: A): Node<A> {
  return BUILDER.value.make(op, inputs, attrs);
}

/** A builder that gives the same node for the same op, attributes and inputs (common subexpressions). */
export function interning(inner: Builder, keyOf: (node: Node) => string): Builder {
  const known = new Map<string, Node>();
  return {
    make<A>(op: OpDef<A>, inputs: readonly Node[], attrs: A): Node<A> {
      const node = inner.make(op, inputs, attrs);
      const key = `${keyOf(node)}(${node.inputs.map((i) => i.id).join()})`;
      const before = known.get(key);
      if (before) return before as Node<A>;
      known.set(key, node);
      return node;
    },
  };
}
