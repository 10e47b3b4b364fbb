/** Compiled functions of tensors: traced once per signature, then replayed. */
import { fail } from "../base/errors.ts";
import { flatten, mapTree } from "../base/tree.ts";
import { explain } from "../compile/explain.ts";
import type { Node } from "../graph/node.ts";
import { constantSupport } from "../runtime/cachedConstants.ts";
import type { ConstantSupport } from "../runtime/constants.ts";
import { Compiled } from "../runtime/jit.ts";
import type { Traced } from "../runtime/record.ts";
import { type Argument, type Call, isTensor } from "../runtime/signature.ts";
import { currentTrace, withTraining } from "../runtime/trace.ts";
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

/** A compiled step: a call runs the plan of its arguments' shapes, traced once. */
export interface CompiledStep<A extends readonly unknown[], R> {
  /** Enqueues one execution; resolves when it is enqueued. Results are fresh tensors, read with `data()`. */
  (...args: { [K in keyof A]: Feedable<A[K]> }): Promise<R>;
  /** At once, on a wasm device in this thread that is up and idle. */
  sync(...args: { [K in keyof A]: Feedable<A[K]> }): R;
  /** Frees its plans. */
  dispose(): void;
}

/** A function that {@link jit} compiled. */
export interface CompiledFunction<A extends readonly unknown[], R> extends CompiledStep<A, R> {
  /** The same inside another compiled function. */
  inline(...args: A): R;
  /** The plan for these arguments in words: its fusions, its device, bytes and flops. */
  explain(...args: { [K in keyof A]: Feedable<A[K]> }): string;
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
  const { compiled, step } = compile(fn, options, constantSupport);
  return Object.assign(step, {
    inline: (...args: A): R => {
      const { training, name } = compiled.options;
      if (!currentTrace())
        fail("jit", `${name}.inline is for use inside another compiled function; call ${name} itself here`);
      return training === undefined ? fn(...args) : withTraining(training, () => fn(...args));
    },
    explain: (...args: readonly unknown[]): string => {
      const { plan, constantsPlan, device } = compiled.plans(callWith(args));
      return explain(plan, constantsPlan, device.isUp ? device.backend.info.adapter : device.kind);
    },
  });
}

/**
 * {@link jit} for the steps of a model, which are neither inlined nor explained. Constants are folded and cached where a
 * module that `fn` applies brings the support for it.
 */
export function compiledStep<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: JitOptions = {},
): CompiledStep<A, R> {
  return compile(fn, options, undefined).step;
}

function compile<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  options: JitOptions,
  constants: ConstantSupport | undefined,
): { compiled: Compiled<unknown>; step: CompiledStep<A, R> } {
  const { training, name = fn.name || "a compiled function" } = options;
  const trace = ({ tree }: Call, inputs: readonly Argument[]): Traced<unknown> => {
    let next = 0;
    const args = mapTree(tree, () => {
      const input = inputs[next++];
      return isTensor(input) ? new Tensor(input) : input;
    });
    // A tree of the same structure as the arguments that were recorded.
    return traced(fn(...(args as unknown as A)));
  };
  const compiled = new Compiled(trace, { training, name, constants });
  const call = async (...args: readonly unknown[]): Promise<R> =>
    result<R>(await compiled.call(callWith(args)));
  const step = Object.assign(call, {
    sync: (...args: readonly unknown[]): R => result<R>(compiled.callSync(callWith(args))),
    dispose: () => compiled.dispose(),
  });
  return { compiled, step };
}

/** The leaves of the arguments, and the structure around them. */
function callWith(tree: readonly unknown[]): Call {
  const leaves: unknown[] = [];
  const structure = flatten(tree, leaves);
  return { tree, structure, leaves: leaves.map((leaf) => argument(leaf, tree)) };
}

/** The result tree of a trace, with a call's tensors in their places. */
function result<R>({ nodes, result }: { nodes: readonly Node[]; result: unknown }): R {
  let next = 0;
  return mapTree(result, (leaf) => (leaf === SLOT ? new Tensor(nodes[next++]) : leaf)) as R;
}

/** Stands for a tensor in the result tree of a trace. */
const SLOT = Symbol("tensor");

/** The nodes of a result and the tree with their places. */
function traced(value: unknown): Traced<unknown> {
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
