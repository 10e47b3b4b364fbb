/**
 * Symbolic tensors: a shape and a dtype without a value, on which layers are called to wire a graph. Each one knows
 * the call that made it; `graph.ts` turns what lies between inputs and outputs into a module.
 */
import { checkDType, type DType } from "../base/dtype.ts";
import { checkShape, type Shape } from "../base/shape.ts";
import { mapTree } from "../base/tree.ts";
import { make } from "../graph/builder.ts";
import type { OpDef, Spec } from "../graph/node.ts";
import { outsideTrace } from "../runtime/trace.ts";
import { Tensor } from "../tensor/tensor.ts";

/** A layer called on symbolic tensors. */
export interface Call<M extends object = object> {
  /** Grows in the order of the calls. */
  readonly id: number;
  readonly module: M;
  readonly args: readonly unknown[];
  readonly results: readonly Tensor[];
}

/** What stands for a value that comes later; nothing can be computed from it. */
const symbolOp: OpDef<Spec> = {
  name: "input",
  kind: "memory",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
};

/** Belongs to no recording: a graph that a compiled function builds outlives its trace. */
const symbolOf = ({ shape, dtype }: Spec): Tensor =>
  outsideTrace(() => new Tensor(make(symbolOp, [], { shape, dtype })));

/** Undefined: an input. */
const sources = new WeakMap<Tensor, Call | undefined>();
let nextId = 0;

export const isSymbol = (x: unknown): boolean => x instanceof Tensor && sources.has(x);
/** The call that made a symbolic tensor; undefined for inputs. */
export const callOf = (symbol: Tensor): Call | undefined => sources.get(symbol);

/** What `run` gives for symbolic arguments, its tensors made symbolic, as a recorded call of `module`. */
export function recordCall(module: object, args: readonly unknown[], run: () => unknown): unknown {
  const results: Tensor[] = [];
  const call: Call = { id: nextId++, module, args, results };
  return mapTree(run(), (leaf) => {
    if (!(leaf instanceof Tensor)) return leaf;
    const symbol = symbolOf(leaf);
    results.push(symbol);
    sources.set(symbol, call);
    return symbol;
  });
}

/**
 * A symbolic tensor for one input of a graph. Layers are called on it as on values; ops of tensors are not recorded.
 *
 * @param shape of one sample, without the batch axis
 * @example
 * const x = nn.input([32, 32, 3]);
 * const y = nn.conv2d({ filters: 3, kernelSize: 3, padding: "same", activation: "relu" }).apply(x);
 * const net = nn.graph(x, nn.add().apply(x, y));
 */
export function input(shape: Shape, { dtype = "float32" }: { dtype?: DType } = {}): Tensor {
  const sample = checkShape("input", shape);
  const symbol = symbolOf({ shape: [1, ...sample], dtype: checkDType("input", dtype) });
  sources.set(symbol, undefined);
  return symbol;
}
