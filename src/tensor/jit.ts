/** Compiled functions of tensors: traced once per signature, then replayed. */
import { fail } from "../base/errors.ts";
import { flatten, mapTree } from "../base/tree.ts";
import type { Node } from "../graph/node.ts";
import { type Argument, Compiled } from "../runtime/jit.ts";
import { keepConstants } from "../runtime/setup.ts";
import { currentTrace } from "../runtime/trace.ts";
import { describe } from "./handle.ts";
import { Tensor } from "./tensor.ts";

/** Options of {@link jit}. */
export interface JitOptions {
  /** Whether dropout drops and batch norm uses batch statistics; default: the mode in force at the call. */
  training?: boolean;
  /** For messages; default: the function's name. */
  name?: string;
}

/** Numbers are allowed where the function takes a scalar tensor: they are fed at each call. */
type Feedable<A> = A extends Tensor
  ? Tensor | number
  : A extends readonly unknown[] | Record<string, unknown>
    ? { [K in keyof A]: Feedable<A[K]> }
    : A;

/** What {@link jit} returns: a call runs the plan of its arguments' shapes, traced once. */
export interface CompiledFunction<A extends readonly unknown[], R> {
  /** Enqueues one execution; resolves when it is enqueued. Results are fresh tensors, read with `data()`. */
  (...args: { [K in keyof A]: Feedable<A[K]> }): Promise<R>;
  /** The same inside another compiled function. */
  inline(...args: A): R;
  /** At once, on a wasm device in this thread that is up and idle. */
  sync(...args: { [K in keyof A]: Feedable<A[K]> }): R;
  /** What the plan for these arguments fuses, where it runs, bytes and flops. */
  explain(...args: { [K in keyof A]: Feedable<A[K]> }): string;
  /** Frees its plans. */
  dispose(): void;
}

/**
 * Compiles `fn` into one plan per signature: the shapes and dtypes of the tensors among its arguments (trees of them
 * are fine), its static strings and booleans, and the training mode. Tensors and parameters that `fn` captures are
 * read afresh at each call; parameters that it assigns are updated in place. `fn` is synchronous and must not read
 * values.
 */
export function jit<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: JitOptions = {},
): CompiledFunction<A, R> {
  keepConstants();
  return compiledFunction(fn, options);
}

/** {@link jit} for the steps of a model, whose layers say whether there are constants to keep. */
export function compiledFunction<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: JitOptions = {},
): CompiledFunction<A, R> {
  const name = options.name ?? (fn.name || "a compiled function");
  let tree: readonly unknown[] = [];
  const run = (leaves: readonly Argument[]) => {
    let next = 0;
    const args = mapTree(tree, () => {
      const leaf = leaves[next++];
      return isNode(leaf) ? new Tensor(leaf) : leaf;
    });
    return traced(fn(...(args as unknown as A)));
  };
  const compiled = new Compiled<unknown>(run, { training: options.training, name });

  const prepare = (args: readonly unknown[]): { structure: string; leaves: Argument[] } => {
    tree = args;
    const leaves: unknown[] = [];
    const structure = flatten(args, leaves);
    for (let i = 0; i < leaves.length; i++) leaves[i] = argument(leaves[i], args);
    return { structure, leaves: leaves as Argument[] };
  };
  const finish = ({ nodes, result }: { nodes: Node[]; result: unknown }): R => {
    let next = 0;
    return mapTree(result, (leaf) => (leaf === SLOT ? new Tensor(nodes[next++]) : leaf)) as R;
  };

  const call = async (...args: readonly unknown[]): Promise<R> => {
    const { structure, leaves } = prepare(args);
    return finish(await compiled.call(structure, leaves));
  };
  return Object.assign(call, {
    inline: (...args: A): R => {
      if (!currentTrace())
        fail("jit", `${name}.inline is for use inside another compiled function; call ${name} itself here`);
      return fn(...args);
    },
    sync: (...args: readonly unknown[]): R => {
      const { structure, leaves } = prepare(args);
      return finish(compiled.callSync(structure, leaves));
    },
    explain: (...args: readonly unknown[]): string => {
      const { structure, leaves } = prepare(args);
      return compiled.explain(structure, leaves);
    },
    dispose: () => compiled.dispose(),
  }) as CompiledFunction<A, R>;
}

/** Stands for a tensor in the result tree of a trace. */
const SLOT = Symbol("tensor");

/** The nodes of a result and the tree with their places. */
function traced(value: unknown): { nodes: Node[]; result: unknown } {
  if (typeof (value as { then?: unknown } | undefined)?.then === "function") {
    fail("jit", "the function must be synchronous: it returned a promise");
  }
  const nodes: Node[] = [];
  const result = mapTree(value, (leaf) => {
    if (!(leaf instanceof Tensor)) return leaf;
    nodes.push(leaf.node);
    return SLOT;
  });
  return { nodes, result };
}

const isNode = (leaf: Argument): leaf is Node => typeof leaf === "object" && leaf !== null;

function argument(leaf: unknown, args: readonly unknown[]): Argument {
  if (leaf instanceof Tensor) return leaf.node;
  if (leaf === null || leaf === undefined || ["number", "string", "boolean"].includes(typeof leaf))
    return leaf as Argument;
  return mapTree(args, (found, path) => {
    if (found !== leaf) return;
    const got = describe(leaf);
    fail(
      "jit",
      `argument ${path} must be a tensor, a number, a string, a boolean or a tree of them: got ${got}`,
    );
  }) as never;
}
