/** What a symbolic application shows of each layer: output shape, parameters, flops. */
import type { Shape } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import { topological } from "../graph/walk.ts";
import type { Observer } from "./context.ts";
import { countOf, Parameter, type Variable } from "./variable.ts";

/** One layer of a network. */
export interface LayerRow {
  /** Its dotted path. */
  readonly name: string;
  readonly type: string;
  /** Without the batch axis. */
  readonly outputShape: Shape;
  /** Numbers in its own parameters. */
  readonly parameters: number;
  /** For one sample: 2 × multiply-adds, so those of matrix products and convolutions. */
  readonly flops: number;
}

/** What a row says of a module beyond its results. */
export interface Described {
  readonly type: string;
  readonly hasModules: boolean;
  readonly variables: readonly Variable[];
}

const MULTIPLIES = new Set(["matmul", "conv", "convInputGrad"]);

/** An observer, and the rows it has gathered: modules without modules inside, and those with work of their own. */
export function observeLayers(describe: (module: object) => Described): {
  observer: Observer;
  rows: () => LayerRow[];
} {
  const found = new Map<object, LayerRow>();
  const counted = new Set<Node>();
  const observer: Observer = (module, path, results, firstId) => {
    const { type, hasModules, variables } = describe(module);
    let flops = 0;
    for (const node of topological(results, (n) => n.id < firstId)) {
      // Inner modules end first, so a node belongs to the innermost one.
      if (node.id < firstId || counted.has(node) || !MULTIPLIES.has(node.op.name)) continue;
      counted.add(node);
      flops += node.op.flops?.(node) ?? 0;
    }
    const known = found.get(module);
    if (known) found.set(module, { ...known, flops: known.flops + flops });
    else if (!hasModules || variables.length > 0 || flops > 0) {
      const parameters = countOf(variables.filter((v) => v instanceof Parameter));
      const outputShape = results[0]?.shape.slice(1) ?? [];
      found.set(module, { name: path || type, type, outputShape, parameters, flops });
    }
  };
  return { observer, rows: () => [...found.values()] };
}
