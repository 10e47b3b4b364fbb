/** Networks wired by calling layers on symbolic tensors: branches, several inputs and outputs, shared layers. */
import type { DType } from "../base/dtype.ts";
import { fail } from "../base/errors.ts";
import { integer } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { type Shape, sameShape, showShape } from "../base/shape.ts";
import { leavesOf } from "../base/tree.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";
import { type Call, callOf, input as inputSymbol, isSymbol } from "./symbolic.ts";

/** One symbolic tensor or several. */
export type Symbols = Tensor | readonly Tensor[];

type Result<R extends Symbols> = R extends Tensor ? Tensor : Tensor[];

const graphOptions = options({
  /** Of the initial values. Default: that of `setSeed`. */
  seed: integer(),
});

/** Options of {@link graph}. */
export interface GraphOptions extends OptionsOf<typeof graphOptions> {}

/** Where an argument comes from: a call by its position, −1 − i for input i; and which of its results. */
type Reference = readonly [call: number, result: number];

/** A graph as plain data. */
export interface GraphConfig {
  readonly inputs: readonly { readonly shape: Shape; readonly dtype: DType }[];
  readonly layers: readonly LayerConfig[];
  /** Names of layers by position, where they have one. */
  readonly labels: Readonly<Record<number, string>>;
  /** In the order of execution: the layer by its position, and its arguments. */
  readonly calls: readonly { readonly layer: number; readonly args: readonly (Reference | null)[] }[];
  readonly outputs: readonly Reference[];
  /** Whether the result is a list. */
  readonly isList: boolean;
}

/** The layer that {@link graph} makes. */
export class Graph<R extends Symbols = Symbols> extends Module {
  /** Each once, in the order of its first call, by its name or position. */
  readonly layers: ReadonlyMap<string, Module>;
  readonly #inputs: readonly Tensor[];
  readonly #outputs: R;
  readonly #calls: readonly Call<Module>[];

  constructor(inputs: Symbols, outputs: R, options?: GraphOptions) {
    super();
    const { seed } = graphOptions.read("graph", options);
    this.#inputs = listOf(inputs);
    this.#outputs = outputs;
    const wrong = this.#inputs.findIndex((x) => !isSymbol(x) || callOf(x));
    if (wrong >= 0) fail("graph", `input ${wrong} must be made by nn.input`);
    if (listOf(outputs).length === 0) fail("graph", "expects at least one output");
    this.#calls = callsBetween(this.#inputs, listOf(outputs));
    this.layers = byName(new Set(this.#calls.map(({ module }) => module)));
    this.seed = seed;
    this.build(...this.#inputs.map(({ shape }) => shape.slice(1)));
  }

  override get type(): string {
    return "graph";
  }

  forward(...xs: Tensor[]): Result<R> {
    this.#check(xs);
    const values = new Map<unknown, Tensor>(this.#inputs.map((symbol, i) => [symbol, xs[i]]));
    for (const { module, args, results } of this.#calls) {
      const given = args.map((arg) => values.get(arg) ?? arg);
      const got = leavesOf((module.apply as (...xs: unknown[]) => unknown).apply(module, given));
      for (const [i, symbol] of results.entries()) values.set(symbol, got[i] as Tensor);
    }
    const of = (symbol: Tensor): Tensor => values.get(symbol)!;
    const outputs: Symbols = this.#outputs;
    const result = outputs instanceof Tensor ? of(outputs) : outputs.map(of);
    return result as Result<R>;
  }

  #check(xs: readonly Tensor[]): void {
    const expected = this.#inputs.map(({ shape }) => shape.slice(1));
    if (xs.length !== expected.length) fail("graph", `expects ${expected.length} inputs: got ${xs.length}`);
    for (const [i, { shape }] of xs.entries()) {
      if (sameShape(shape.slice(1), expected[i]) && shape.length > 0) continue;
      const wanted = `[batch, ${expected[i].join(", ")}]`;
      fail("graph", `expects ${wanted} as input ${i}: got ${showShape(shape)}`);
    }
  }

  override config(): LayerConfig | undefined {
    const modules = [...this.layers.values()];
    const layers = modules.map((module) => module.config());
    const places = new Map<unknown, Reference>(this.#inputs.map((symbol, i) => [symbol, [-1 - i, 0]]));
    for (const [at, { results }] of this.#calls.entries()) {
      for (const [i, symbol] of results.entries()) places.set(symbol, [at, i]);
    }
    const calls = this.#calls.map(({ module, args }) => ({
      layer: modules.indexOf(module),
      args: args.map((arg) => (arg === undefined ? null : places.get(arg))),
    }));
    const isPlain = calls.every(({ args }) => !args.includes(undefined));
    if (layers.includes(undefined) || !isPlain) return undefined;
    const inputs = this.#inputs.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }));
    const outputs = listOf(this.#outputs).map((symbol) => places.get(symbol)!);
    const labels = Object.fromEntries(modules.flatMap(({ label }, i) => (label ? [[i, label]] : [])));
    const isList = !(this.#outputs instanceof Tensor);
    return { type: this.type, inputs, layers, labels, calls, outputs, isList };
  }
}

function byName(modules: Iterable<Module>): Map<string, Module> {
  const named = new Map<string, Module>();
  for (const module of modules) {
    const name = module.label ?? String(named.size);
    if (named.has(name)) fail("graph", `two layers are named ${JSON.stringify(name)}`);
    named.set(name, module);
  }
  return named;
}

const listOf = (symbols: Symbols): readonly Tensor[] => (symbols instanceof Tensor ? [symbols] : symbols);

/** The calls that the outputs need, in the order in which they were made. */
function callsBetween(inputs: readonly Tensor[], outputs: readonly Tensor[]): Call<Module>[] {
  const known = new Set<unknown>(inputs);
  const calls = new Set<Call>();
  const visit = (symbol: Tensor, what: string): void => {
    if (known.has(symbol)) return;
    if (!isSymbol(symbol)) fail("graph", `${what} was not made by layers; ops of tensors are not recorded`);
    const call = callOf(symbol) ?? fail("graph", `${what} is an input that is missing among the inputs`);
    for (const result of call.results) known.add(result);
    calls.add(call);
    for (const arg of call.args) {
      if (isSymbol(arg)) visit(arg as Tensor, `an argument of ${(call.module as Module).type}`);
    }
  };
  for (const [i, symbol] of outputs.entries()) visit(symbol, `output ${i}`);
  return [...calls].sort((a, b) => a.id - b.id) as Call<Module>[];
}

/** The graph that {@link Graph.config} describes. */
export function graphFromConfig(config: GraphConfig, layerOf: (config: LayerConfig) => Module): Graph {
  const inputs = config.inputs.map(({ shape, dtype }) => inputSymbol(shape, { dtype }));
  const layers = config.layers.map(layerOf);
  for (const [i, label] of Object.entries(config.labels)) layers[Number(i)].named(label);
  const results: Tensor[][] = [];
  const at = ([call, i]: Reference): Tensor => (call < 0 ? inputs[-1 - call] : results[call][i]);
  for (const { layer, args } of config.calls) {
    const given = args.map((reference) => reference && at(reference)) as never[];
    results.push(leavesOf(layers[layer].apply(...given)) as Tensor[]);
  }
  const outputs = config.outputs.map(at);
  return new Graph(inputs, config.isList ? outputs : outputs[0]);
}

/**
 * A network from symbolic inputs to what layers made of them. A layer that is called twice keeps one set of weights.
 * `apply` takes a tensor for each input and gives a tensor, or a list where `outputs` is one.
 *
 * @example
 * const x = nn.input([16]);
 * const hidden = nn.dense({ units: 16, activation: "relu" }).apply(x);
 * const net = nn.graph(x, nn.dense({ units: 2 }).apply(nn.add().apply(x, hidden)));
 * @throws HeddleError when an output does not come from the inputs by way of layers
 */
export const graph = <R extends Symbols>(inputs: Symbols, outputs: R, options?: GraphOptions): Graph<R> =>
  new Graph(inputs, outputs, options);
