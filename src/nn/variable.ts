/**
 * The values that a module keeps: parameters, which optimizers update, and other variables, such as running
 * statistics, which the module itself updates. A value is made when it is first needed, so that a network can be
 * described without memory for its weights.
 */
import type { HostArray } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { checkShape, type Shape, sameShape, showShape, sizeOf } from "../base/shape.ts";
import { show } from "../base/show.ts";
import { core } from "../ops/core.ts";
import { trainableChanged } from "../runtime/signature.ts";
import { State } from "../runtime/state.ts";
import { outsideTrace } from "../runtime/trace.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Differentiable } from "../tensor/transforms/grad.ts";
import { currentApplication, isSymbolic, onFailure, type Root } from "./context.ts";
import type { Initializer } from "./initializers.ts";
import type { RegularizerLike } from "./regularizers.ts";

/** A float32 value that a module keeps and that no optimizer updates. */
export class Variable implements Differentiable {
  /** Lengths of its axes. */
  readonly shape: Shape;
  readonly #initializer: Initializer;
  /** The module that made it. */
  readonly #owner: Root;
  #state: State | undefined;
  #path: string | undefined;
  #seed: number | undefined;

  /** @internal Use `Module.parameter` and `Module.variable`. */
  constructor(owner: Root, shape: Shape, initializer: Initializer) {
    this.shape = checkShape(owner.type, shape).slice();
    this.#owner = owner;
    this.#initializer = initializer;
  }

  /** The dotted path from the root that was applied or built last: what the initial value is keyed by. */
  get path(): string {
    return this.#path ?? this.#owner.pathOf(this) ?? this.#owner.type;
  }

  /** @internal What compiled functions update in place; made from the initializer when first needed. */
  get state(): State {
    if (this.#state) return this.#state;
    const { path } = this;
    const seed = this.#seed ?? this.#owner.seed;
    this.#state = outsideTrace(() =>
      State.from(this.#checked(this.#initializer.make(this.shape, { path, seed })).node, path),
    );
    onFailure(() => {
      this.#state = undefined;
    });
    return this.#state;
  }

  /** What an initializer of the user's made. */
  #checked(value: Tensor): Tensor {
    if (value?.dtype === "float32" && sameShape(value.shape, this.shape)) return value;
    const got = value instanceof Tensor ? `${value.dtype} ${showShape(value.shape)}` : show(value);
    return fail(
      this.#owner.type,
      `initial values of ${this.path} must be float32 ${showShape(this.shape)}: got ${got}`,
    );
  }

  /** The current value. */
  get value(): Tensor {
    this.#locate();
    return new Tensor(isSymbolic() ? core.full(0, this.shape) : this.state.read());
  }

  /** Gives it a value of the same shape. */
  assign(value: Tensor): void {
    this.#locate();
    if (!isSymbolic()) this.state.assign(value.node);
  }

  /** @internal Its value from a file; spares the initial value. */
  load(values: HostArray): void {
    const loaded = State.fromHost(this.shape, "float32", values, this.path);
    if (this.#state) this.#state.assign(new Tensor(loaded.read()).node);
    else this.#state = loaded;
  }

  /** Takes its path from the root that is being applied. */
  #locate(): void {
    const root = currentApplication()?.root;
    if (!root) return;
    const rule =
      "is used, but no public field of the root leads to it: keep modules in fields, arrays or maps";
    this.#path = root.pathOf(this) ?? fail(root.type, `a ${this.#described} ${rule}`);
    this.#seed = root.seed;
  }

  get #described(): string {
    const kind = this instanceof Parameter ? "parameter" : "variable";
    return `${kind} ${showShape(this.shape)} of ${this.#owner.type}`;
  }
}

/** A value that optimizers update. */
export class Parameter extends Variable {
  #isTrainable: boolean;

  /** @internal Use `Module.parameter`. */
  constructor(
    owner: Root,
    shape: Shape,
    initializer: Initializer,
    isTrainable = true,
    /** What it adds to the loss that `createModel` trains with. */
    readonly regularizer?: RegularizerLike,
  ) {
    super(owner, shape, initializer);
    this.#isTrainable = isTrainable;
  }

  /** Whether gradients are taken and optimizers update it. */
  get trainable(): boolean {
    return this.#isTrainable;
  }

  /** Keeps optimizers from updating it. */
  freeze(): void {
    this.#setTrainable(false);
  }

  /** Lets optimizers update it again. */
  unfreeze(): void {
    this.#setTrainable(true);
  }

  #setTrainable(on: boolean): void {
    if (this.#isTrainable === on) return;
    this.#isTrainable = on;
    trainableChanged();
  }
}

/** Numbers that the variables hold. */
export const countOf = (variables: readonly Variable[]): number =>
  variables.reduce((count, { shape }) => count + sizeOf(shape), 0);
