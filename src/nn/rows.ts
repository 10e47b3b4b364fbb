/** What a symbolic application shows of each layer: output shape, parameters, flops. */
import { type Shape, sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import { topological } from "../graph/walk.ts";
import type { Window2d } from "../ops/window.ts";
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
}

const MULTIPLIES = new Set(["matmul", "conv", "convInputGrad"]);

/** Says which rows and columns at the border a sliding window leaves out; undefined when it meets them all. */
function unusedBorder(node: Node): string | undefined {
  const attrs = node.attrs as Window2d & { window?: Window2d };
  const w = node.op.name === "conv" ? attrs : node.op.name === "pool" ? attrs.window : undefined;
  if (!w) return undefined;
  const left = ([0, 1] as const).map((d) => {
    const reach = ([w.kernelHeight, w.kernelWidth][d] - 1) * w.dilation[d] + 1;
    const [low, high] = w.padding[d];
    const rest = ([w.inHeight, w.inWidth][d] + low + high - reach) % w.strides[d];
    // A window smaller than its stride skips pixels everywhere, as is meant.
    return reach < w.strides[d] ? 0 : Math.max(0, rest - Math.max(0, high));
  });
  const parts = left.flatMap((n, d) => (n > 0 ? [`${n} ${["row", "column"][d]}${n > 1 ? "s" : ""}`] : []));
  if (parts.length === 0) return undefined;
  const by = (a: number, b: number): string => `${a}×${b}`;
  const window = `${by(w.kernelHeight, w.kernelWidth)} window, stride ${by(...w.strides)}`;
  return `last ${parts.join(" and ")} of ${by(w.inHeight, w.inWidth)} not used (${window})`;
}

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
    let note: string | undefined;
    for (const node of topological(results, (n) => n.id < firstId)) {
      // Inner modules end first, so a node belongs to the innermost one.
      if (node.id < firstId || counted.has(node)) continue;
      counted.add(node);
      note ??= unusedBorder(node);
      if (MULTIPLIES.has(node.op.name)) flops += node.op.flops?.(node) ?? 0;
    }
    const known = found.get(module);
    const outputShape = results[0]?.shape.slice(1) ?? [];
    const neurons = (known?.neurons ?? 0) + (flops > 0 ? sizeOf(outputShape) : 0);
    if (known) found.set(module, { ...known, flops: known.flops + flops, neurons });
    else if (!hasModules || variables.length > 0 || flops > 0) {
      const parameters = countOf(variables.filter((v) => v instanceof Parameter));
      const row = { name: path || type, type, outputShape, parameters, flops, neurons };
      found.set(module, note === undefined ? row : { ...row, note });
    }
  };
  return { observer, rows: () => [...found.values()] };
}
