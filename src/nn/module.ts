/**
 * Networks as plain classes: `forward` is written, `apply` is called. Variables and modules are found through own
 * public fields, arrays and maps in definition order; the dotted path to one is its name in files, messages and
 * profiles.
 */
import { fail, HeddleError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import { leavesOf } from "../base/tree.ts";
import { type Node, watermark } from "../graph/node.ts";
import { core } from "../ops/core.ts";
import { randomState, restoreRandomState } from "../runtime/random.ts";
import { trainableChanged } from "../runtime/signature.ts";
import { outsideTrace, withPath, withTraining } from "../runtime/trace.ts";
import { Tensor } from "../tensor/tensor.ts";
import { applyRoot, currentApplication, type Observer, type Root, WITNESS } from "./context.ts";
import { type InitializerLike, initializerOf } from "./initializers.ts";
import { checkRegularizer, type RegularizerLike } from "./regularizers.ts";
import { type Described, type LayerRow, observeLayers } from "./rows.ts";
import { summarize } from "./summary.ts";
import { isSymbol, recordCall } from "./symbolic.ts";
import { Parameter, Variable } from "./variable.ts";

/** A built-in layer as plain data. */
export type LayerConfig = { readonly type: string } & { readonly [option: string]: unknown };

/** A module from one tensor to one tensor: what a sequential holds and a model trains. */
export type Layer = Module & { forward(x: Tensor): Tensor };

/** A part of a network: write `forward`, keep layers and variables in public fields, call `apply`. */
export abstract class Module implements Root {
  /** Of the initial values of everything below, when this is the root; default: that of `setSeed`. */
  seed: number | undefined;
  /** What a graph calls this layer in paths; default: its position. See {@link named}. */
  label: string | undefined;
  #isSetUp = false;
  #isFrozen = false;
  #inputShapes: readonly Shape[] | undefined;
  #paths: ReadonlyMap<object, string> = new Map();

  /** What the module computes. Call `apply`, which names scopes and makes what depends on shapes. */
  abstract forward(...xs: never[]): unknown;

  /** Makes the variables whose shapes depend on the arguments of the first call. */
  protected setup(..._xs: never[]): void {}

  /** What kind of module this is, for messages and tables. */
  get type(): string {
    return this.constructor.name;
  }

  /** The layer as plain data, from which a file rebuilds it; undefined for custom classes. */
  config(): LayerConfig | undefined {
    return undefined;
  }

  /** Computes `forward`; the first call fixes the shapes of what is built on demand. */
  apply(...xs: Parameters<this["forward"]>): ReturnType<this["forward"]> {
    const run = () => this.#run(xs);
    let result: unknown;
    if (currentApplication()) result = run();
    else if (xs.some(isSymbol)) result = recordCall(this, xs, () => this.#runSymbolically(xs, () => {}));
    else result = applyRoot(this, undefined, run);
    return result as ReturnType<this["forward"]>;
  }

  /** Gives the layer a name of its own in the paths of a graph: `nn.dense({ units: 2 }).named("head").apply(x)`. */
  named(label: string): this {
    this.label = label;
    return this;
  }

  /** Fixes all shapes for inputs of the given shapes, without the batch axis. Nothing is computed. */
  build(...inputShapes: Shape[]): this {
    this.#runSymbolically(withoutValues(inputShapes), () => {});
    this.#inputShapes = inputShapes.map((s) => s.slice());
    return this;
  }

  /** Shapes of the inputs, without the batch axis, once known. */
  get inputShapes(): readonly Shape[] | undefined {
    return this.#inputShapes;
  }

  /** Whether shapes are known. */
  get isBuilt(): boolean {
    return this.#inputShapes !== undefined;
  }

  /** A value that optimizers update. Keep it in a public field. @param shape its shape */
  protected parameter(
    shape: Shape,
    options: { initializer?: InitializerLike; trainable?: boolean; regularizer?: RegularizerLike } = {},
  ): Parameter {
    const { initializer = "glorotUniform", trainable = !this.#isFrozen, regularizer } = options;
    if (regularizer) checkRegularizer(this.type, regularizer);
    return new Parameter(this, shape, initializerOf(this.type, initializer), trainable, regularizer);
  }

  /** A value that the module itself updates, such as a running average. Keep it in a public field. */
  protected variable(shape: Shape, options: { initializer?: InitializerLike } = {}): Variable {
    return new Variable(this, shape, initializerOf(this.type, options.initializer ?? "zeros"));
  }

  /** Every parameter and other variable below, by path. One that is shared counts once. */
  state(): Map<string, Variable> {
    return new Map([...members(this)].flatMap(([m, path]) => (m instanceof Variable ? [[path, m]] : [])));
  }

  /** Every parameter here and below, frozen ones too. One that is shared counts once. */
  parameters(): Parameter[] {
    return [...this.state().values()].filter((v) => v instanceof Parameter);
  }

  /** Those that gradients are taken of and optimizers update. */
  trainableParameters(): Parameter[] {
    return this.parameters().filter((p) => p.trainable);
  }

  /** This module and all below it, by path; the path of this one is "". */
  modules(): Map<string, Module> {
    return new Map([...members(this)].flatMap(([m, path]) => (m instanceof Module ? [[path, m]] : [])));
  }

  /** Stops training here and below; a frozen batch normalisation uses its running statistics. */
  freeze(): this {
    return this.#setFrozen(true);
  }

  /** Trains everything here and below again. */
  unfreeze(): this {
    return this.#setFrozen(false);
  }

  /** Whether {@link freeze} was called here or above. */
  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /** @internal */
  pathOf(member: object): string | undefined {
    const known = this.#paths.get(member);
    if (known !== undefined) return known;
    this.#paths = members(this);
    return this.#paths.get(member);
  }

  /** Shape of the result for one sample, without the batch axis. */
  outputShape(): Shape {
    let shape: Shape = [];
    this.observe((module, _path, results) => {
      if (module === this && results.length > 0) shape = results[0].shape.slice(1);
    });
    return shape;
  }

  /** Its layers in the order of their use: output shape, parameters, flops. Allocates no weights. */
  inspect(): LayerRow[] {
    const { observer, rows } = observeLayers((module) => describe(module as Module));
    this.observe(observer);
    return rows();
  }

  /** @internal What `summary` notes of it, by the nodes that it recorded: what may be a mistake. */
  note(_nodes: readonly Node[]): string | undefined {
    return undefined;
  }

  /** A table of the layers and of the numbers of parameters. */
  summary(): string {
    return summarize(this.inspect(), [...this.state().values()]);
  }

  /** @internal Tells of every module below as it is applied to inputs without values. */
  observe(observer: Observer): void {
    if (!this.#inputShapes) {
      fail(this.type, "its shapes are not known: give inputShape, or call build or apply first");
    }
    this.#runSymbolically(withoutValues(this.#inputShapes), observer);
  }

  #setFrozen(on: boolean): this {
    trainableChanged();
    for (const member of members(this).keys()) {
      if (member instanceof Module) member.#isFrozen = on;
      else if (member instanceof Parameter) on ? member.freeze() : member.unfreeze();
    }
    return this;
  }

  #run(xs: readonly unknown[]): unknown {
    const { root, observer, undo } = currentApplication()!;
    const path = root.pathOf(this) ?? this.type;
    const firstId = watermark();
    return withPath(path, () => {
      try {
        if (!this.#isSetUp) this.#setUp(xs, undo);
        const result = (this.forward as (...xs: unknown[]) => unknown).call(this, ...xs);
        observer?.(this, path, nodesOf(result), firstId);
        WITNESS.value?.(path || this.type, nodesOf(result));
        return result;
      } catch (error) {
        throw located(error, path, this.type);
      }
    });
  }

  #setUp(xs: readonly unknown[], undo: (() => void)[]): void {
    const before = { ...this };
    undo.push(() => {
      Object.assign(this, before);
      this.#inputShapes = undefined;
      this.#isSetUp = false;
    });
    this.#inputShapes = shapesOf(xs);
    (this.setup as (...xs: unknown[]) => void).call(this, ...xs);
    this.#isSetUp = true;
  }

  /** Applies the module as a root without computing anything, in evaluation mode. */
  #runSymbolically(xs: readonly unknown[], observer: Observer): unknown {
    const random = randomState();
    try {
      return outsideTrace(() => withTraining(false, () => applyRoot(this, observer, () => this.#run(xs))));
    } finally {
      restoreRandomState(random);
    }
  }
}

/** The modules and variables that a field's value leads to, without those inside modules. */
function* found(value: unknown, path: string): Generator<[member: Module | Variable, path: string]> {
  if (value instanceof Module || value instanceof Variable) yield [value, path];
  else if (Array.isArray(value)) for (const [i, v] of value.entries()) yield* found(v, `${path}.${i}`);
  else if (value instanceof Map) for (const [key, v] of value) yield* found(v, `${path}.${key}`);
}

function* own(module: Module): Generator<[member: Module | Variable, path: string]> {
  for (const [field, value] of Object.entries(module)) yield* found(value, field);
}

/** The variables of `module` itself, by the path from it. */
export function variablesOf(module: Module): Map<string, Variable> {
  return new Map([...own(module)].flatMap(([m, path]) => (m instanceof Variable ? [[path, m]] : [])));
}

/** `module` and everything that its public fields lead to, with the dotted path. */
function members(module: Module): Map<Module | Variable, string> {
  const paths = new Map<Module | Variable, string>();
  const visit = (member: Module | Variable, path: string): void => {
    if (paths.has(member)) return;
    paths.set(member, path);
    if (member instanceof Variable) return;
    for (const [inner, step] of own(member)) visit(inner, path === "" ? step : `${path}.${step}`);
  };
  visit(module, "");
  return paths;
}

function describe(module: Module): Described {
  const inside = [...own(module)].map(([member]) => member);
  return {
    type: module.type,
    hasModules: inside.some((m) => m instanceof Module),
    variables: inside.filter((m) => m instanceof Variable),
    note: (nodes) => module.note(nodes),
  };
}

/** Inputs of batch 1. */
const withoutValues = (shapes: readonly Shape[]): Tensor[] =>
  outsideTrace(() => shapes.map((s) => new Tensor(core.full(0, [1, ...s]))));

function shapesOf(xs: readonly unknown[]): Shape[] | undefined {
  const isBatch = (x: unknown): x is Tensor => x instanceof Tensor && x.rank > 0;
  return xs.every(isBatch) ? xs.map((x) => x.shape.slice(1)) : undefined;
}

const nodesOf = (result: unknown): Node[] =>
  leavesOf(result).flatMap((leaf) => (leaf instanceof Tensor ? [leaf.node] : []));

const locatedErrors = new WeakSet<HeddleError>();

/** The error with the innermost module that it came through. */
function located(error: unknown, path: string, type: string): unknown {
  if (!(error instanceof HeddleError) || locatedErrors.has(error)) return error;
  const rule = error.message.slice(`[${error.where}] `.length);
  const place = path === "" || path === type ? type : `${path} (${type})`;
  const where = error.where === type ? place : `${place} › ${error.where}`;
  const better = new HeddleError(where, rule, { cause: error });
  locatedErrors.add(better);
  return better;
}
