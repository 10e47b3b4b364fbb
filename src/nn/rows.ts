/** What a symbolic application shows of each layer: output shape, parameters, flops. */
import { type Shape, sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import { topological } from "../graph/walk.ts";
import type { Observer } from "./context.ts";
import { countOf, Parameter, type Variable } from "./variable.ts";

/** One layer of a network. */
export interface LayerRow {
  /** Its dotted path. */
  readonly name: string;
  /** What kind of module it is. */
  readonly type: string;
  /** Without the batch axis. */
  readonly outputShape: Shape;
  /** Numbers in its own parameters. */
  readonly parameters: number;
  /** For one sample: 2 × multiply-adds, so those of matrix products and convolutions. */
  readonly flops: number;
  /** Units that weigh their inputs: the size of the output where something is multiplied, else 0. */
  readonly neurons: number;
  /** What may be a mistake: border pixels that no window reaches. */
  readonly note?: string;
}

/** What a row says of a module beyond its results. */
export interface Described {
  readonly type: string;
  readonly hasModules: boolean;
  readonly variables: readonly Variable[];
  /** What may be a mistake, by the nodes that it recorded. */
  note(nodes: readonly Node[]): string | undefined;
}

/** An observer, and the rows it has gathered: modules without modules inside, and those with work of their own. */
export function observeLayers(describe: (module: object) => Described): {
  observer: Observer;
  rows: () => LayerRow[];
} {
  const found = new Map<object, LayerRow>();
  const counted = new Set<Node>();
  const observer: Observer = (module, path, results, firstId) => {
    const { type, hasModules, variables, note } = describe(module);
    let flops = 0;
    const own: Node[] = [];
    for (const node of topological(results, (n) => n.id < firstId)) {
      // Inner modules end first, so a node belongs to the innermost one.
      if (node.id < firstId || counted.has(node)) continue;
      counted.add(node);
      own.push(node);
      if (node.op.multiplies) flops += node.op.flops?.(node) ?? 0;
    }
    const known = found.get(module);
    const outputShape = results[0]?.shape.slice(1) ?? [];
    const neurons = (known?.neurons ?? 0) + (flops > 0 ? sizeOf(outputShape) : 0);
    if (known) found.set(module, { ...known, flops: known.flops + flops, neurons });
    else if (!hasModules || variables.length > 0 || flops > 0) {
      const parameters = countOf(variables.filter((v) => v instanceof Parameter));
      const row = { name: path || type, type, outputShape, parameters, flops, neurons };
      const text = note(own);
      found.set(module, text === undefined ? row : { ...row, note: text });
    }
  };
  return { observer, rows: () => [...found.values()] };
}
