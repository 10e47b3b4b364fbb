/** Gradients of functions of tensors, parameters and modules. */
import { fail } from "../../base/errors.ts";
import { mapTree } from "../../base/tree.ts";
import { make } from "../../graph/builder.ts";
import { within } from "../../graph/context.ts";
import type { Node } from "../../graph/node.ts";
import { core } from "../../ops/core.ts";
import { alias, customGrad as customGradOp } from "../../ops/identity.ts";
import { KEEPS_HISTORY } from "../../runtime/evaluate.ts";
import { type State, withLeaves } from "../../runtime/state.ts";
import { describe } from "../handle.ts";
import { Tensor } from "../tensor.ts";
import { gradients } from "./gradients.ts";

/** A trainable value: what optimizers update. `nn.Parameter` is one. */
export interface Differentiable {
  /** What compiled functions update in place. */
  readonly state: State;
}

/** Something that knows its trainable values, such as a module. */
export interface ParameterOwner<P extends Differentiable = Differentiable> {
  trainableParameters(): P[];
}

/** What a gradient may be taken with respect to, besides an argument. */
type WithRespectTo<P extends Differentiable> = ParameterOwner<P> | P | readonly P[];

/** Gradients by parameter. */
export type Gradients<P extends Differentiable = Differentiable> = Map<P, Tensor>;

/** A loss, or a tuple of a loss and further results that are handed through. */
export type LossResult = Tensor | readonly [loss: Tensor, ...aux: unknown[]];

type Aux<R> = R extends readonly [Tensor, ...infer A] ? A : [];

/** The gradient of a tree of tensors has its shape. */
type GradOf<X> = X extends Tensor ? Tensor : { [K in keyof X]: GradOf<X[K]> };

function split(result: LossResult): { loss: Tensor; aux: unknown[] } {
  const [loss, ...aux] = Array.isArray(result) ? (result as [Tensor, ...unknown[]]) : [result as Tensor];
  if (!(loss instanceof Tensor)) {
    const hint =
      typeof (loss as { then?: unknown })?.then === "function" ? "; the function must not be async" : "";
    fail(
      "grad",
      `the function must return a scalar tensor, or [loss, ...others]: got ${describe(loss)}${hint}`,
    );
  }
  return { loss, aux };
}

const gradientOr0 = (g: Node | undefined, like: Node): Tensor => new Tensor(g ?? core.full(0, like.shape));

/**
 * A function that returns `[value, gradients, ...others]`. With a module, a parameter or a list of them in front, the
 * gradients are a Map from parameter to tensor, which is what `optimizer.update` takes; with a function alone, they
 * have the shape of its first argument (a tensor or a tree of tensors). `fn` runs once; gradients can be
 * differentiated again.
 *
 * @throws HeddleError when the loss is not a float32 scalar.
 */
export function valueAndGrad<P extends Differentiable, A extends readonly unknown[], R extends LossResult>(
  wrt: WithRespectTo<P>,
  fn: (...args: A) => R,
): (...args: A) => [value: Tensor, gradients: Gradients<P>, ...aux: Aux<R>];
export function valueAndGrad<X, A extends readonly unknown[], R extends LossResult>(
  fn: (x: X, ...args: A) => R,
): (x: X, ...args: A) => [value: Tensor, gradients: GradOf<X>, ...aux: Aux<R>];
export function valueAndGrad(first: unknown, second?: unknown): (...args: never[]) => unknown[] {
  if (typeof first === "function" && second === undefined) return byArgument(first as AnyFunction) as never;
  if (typeof second !== "function")
    fail("valueAndGrad", `expects a function: got ${describe(second ?? first)}`);
  return byParameters(first as WithRespectTo<Differentiable>, second as AnyFunction) as never;
}

type AnyFunction = (...args: unknown[]) => LossResult;

function parametersOf(wrt: WithRespectTo<Differentiable>): readonly Differentiable[] {
  if (Array.isArray(wrt)) return wrt;
  const owner = wrt as Partial<ParameterOwner>;
  return owner.trainableParameters ? owner.trainableParameters() : [wrt as Differentiable];
}

function byParameters(wrt: WithRespectTo<Differentiable>, fn: AnyFunction) {
  return (...args: unknown[]): unknown[] =>
    // A module may make its parameters in its first forward pass, so every state is accepted until that has run.
    withLeaves((leaves) => {
      const { loss, aux } = split(fn(...args));
      const parameters = parametersOf(wrt);
      const read = parameters.map((p) => leaves.get(p.state));
      const found = gradients(
        loss.node,
        read.filter((leaf) => leaf !== undefined),
      );
      const grads = new Map(
        parameters.map((p, i) => {
          const g = read[i] && found.shift();
          return [p, new Tensor(g ?? core.full(0, p.state.shape))];
        }),
      );
      return [loss, grads, ...aux];
    });
}

function byArgument(fn: AnyFunction) {
  return (x: unknown, ...args: unknown[]): unknown[] =>
    within([KEEPS_HISTORY.as(true)], () => {
      const leaves: Node[] = [];
      const fresh = mapTree(x, (leaf) => {
        if (!(leaf instanceof Tensor)) return leaf;
        if (leaf.dtype !== "float32") fail("grad", `needs a float32 argument: got ${leaf.dtype}`);
        leaves.push(make(alias, [leaf.node], null));
        return new Tensor(leaves[leaves.length - 1]);
      });
      if (leaves.length === 0)
        fail("grad", `the first argument must be a tensor or a tree of tensors: got ${describe(x)}`);
      const { loss, aux } = split(fn(fresh, ...args));
      const found = gradients(loss.node, leaves);
      let next = 0;
      const grads = mapTree(x, (leaf) => {
        if (!(leaf instanceof Tensor)) return leaf;
        const i = next++;
        return gradientOr0(found[i], leaves[i]);
      });
      return [loss, grads, ...aux];
    });
}

/**
 * The gradient alone: of the first argument, or with a module or parameters in front, of those.
 * `grad(grad(f))` is the second derivative of a scalar function.
 */
export function grad<P extends Differentiable, A extends readonly unknown[]>(
  wrt: WithRespectTo<P>,
  fn: (...args: A) => LossResult,
): (...args: A) => Gradients<P>;
export function grad<X, A extends readonly unknown[]>(
  fn: (x: X, ...args: A) => LossResult,
): (x: X, ...args: A) => GradOf<X>;
export function grad(...given: [unknown, unknown?]): (...args: never[]) => unknown {
  const both = (valueAndGrad as (...g: unknown[]) => (...args: unknown[]) => unknown[])(...given);
  return (...args: unknown[]) => both(...args)[1];
}

/**
 * A function with a gradient of your own: `fn` returns its value and a function from the value's gradient to the
 * gradients of its tensor arguments, in order.
 */
export function customGrad<A extends readonly Tensor[]>(
  fn: (...args: A) => { value: Tensor; grad: (dy: Tensor) => readonly (Tensor | undefined)[] },
): (...args: A) => Tensor {
  return (...args) => {
    const { value, grad: vjp } = fn(...args);
    const attrs = {
      vjp: (dy: Node) => {
        const found = vjp(new Tensor(dy));
        if (found.length !== args.length)
          fail("customGrad", `expects ${args.length} gradients: got ${found.length}`);
        return found.map((g) => g?.node);
      },
    };
    return new Tensor(make(customGradOp, [value.node, ...args.map((a) => a.node)], attrs));
  };
}
