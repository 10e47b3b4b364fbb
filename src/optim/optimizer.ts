/**
 * What all optimizers share: the step counter, hyperparameters that compiled steps read at each call, and slots, which
 * are values kept per parameter. All writes of an update are one assignment.
 */
import { fail } from "../base/errors.ts";
import { fraction, notNegative } from "../base/options/kinds.ts";
import { type OptionsOf, options, type SchemaOf, type ValuesOf } from "../base/options/schema.ts";
import { sameShape, showShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import { core } from "../ops/core.ts";
import { scalar } from "../ops/sources.ts";
import { assignAll, State } from "../runtime/state.ts";
import { currentTrace, outsideTrace, perCall } from "../runtime/trace.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Differentiable, Gradients } from "../tensor/transforms/grad.ts";
import { type ClipOptions, checkClip, clipOptions, clipped } from "./clip.ts";
import { finder, groupFrom, groupList, type ParameterGroup } from "./groups.ts";
import { type LearningRate, rateAt } from "./learningRate.ts";

/** A number worked out on the host in double precision at every step, from the step's number (1 for the first). */
export type PerStep = (read: (step: number) => number) => Tensor;

/** The formula: what is subtracted from the parameter, and its new slots. */
export type UpdateRule = (
  gradient: Tensor,
  slots: readonly Tensor[],
) => readonly [change: Tensor, ...slots: Tensor[]];

/** To be spread into the options of an optimizer, beside its learning rate. */
export const optimizerOptions = options({
  /** w ← (1 − ηλ)w in each step, apart from the gradient, as in Keras. Default 0. */
  weightDecay: notNegative(0),
  /** Keeps a running average of each parameter with this decay; see {@link ema}. Default: none. */
  averageDecay: fraction(),
  /** Parameters with options of their own. Default: none. */
  groups: groupList([]),
  ...clipOptions.entries,
});

/** What every optimizer takes beside its learning rate. */
export interface OptimizerOptions extends ClipOptions, OptionsOf<typeof optimizerOptions> {}

/** Options with their defaults. */
export type OptimizerValues = ValuesOf<typeof optimizerOptions> & { readonly learningRate: LearningRate };

/** An optimizer as plain data. */
export type OptimizerConfig = { readonly type: string } & { readonly [option: string]: unknown };

/** The slot of running averages. */
const AVERAGE = "average";

/** What updates parameters from their gradients: `update` in a training step, eager or compiled. */
export abstract class Optimizer<V extends OptimizerValues = OptimizerValues> {
  /** Read at every step, also of compiled ones. */
  learningRate: LearningRate;
  /** Steps taken. */
  iterations = 0;
  /** Parameters with options of their own; their learning rates are read at every step. */
  readonly groups: readonly ParameterGroup[];
  protected readonly options: V;
  readonly #schema: SchemaOf<V>;
  readonly #slots = new Map<Differentiable, readonly State[]>();
  /** Updates recorded in a trace so far: several in one step count each. */
  readonly #recorded = new WeakMap<object, number>();

  /** @throws HeddleError when an option does not exist or breaks its rule */
  constructor(
    /** The name of the optimizer, in files and messages. */
    readonly type: string,
    schema: SchemaOf<V>,
    given?: OptimizerOptions,
  ) {
    this.#schema = schema;
    this.options = schema.read(type, given);
    checkClip(type, this.options);
    this.learningRate = this.options.learningRate;
    this.groups = this.options.groups.map((group) => groupFrom(type, group));
  }

  /** Names of the values kept per parameter. */
  protected abstract readonly slotNames: readonly string[];
  /** What slots start with. */
  protected readonly initialSlot: number = 0;
  /**
   * Prepares a step: asks for the step's numbers once and returns the formula for one parameter.
   * @param rate the learning rate of a step
   */
  protected abstract rule(perStep: PerStep, rate: (step: number) => number): UpdateRule;

  /** Options and the current learning rate, from which a file rebuilds the optimizer. */
  config(): OptimizerConfig {
    const { learningRate, groups } = this;
    return { type: this.type, ...this.#schema.plain({ ...this.options, learningRate, groups }) };
  }

  /**
   * Updates parameters by their gradients: in place in a compiled step, else at once.
   * @throws HeddleError when a gradient does not fit its parameter
   */
  update(gradients: Gradients): void {
    if (!(gradients instanceof Map)) {
      fail(this.type, "update takes a Map from parameter to gradient: what valueAndGrad(net, …) returns");
    }
    const groupOf = finder(this.groups);
    const parameters = [...gradients.keys()].filter((p) => !groupOf(p)?.frozen);
    for (const p of parameters) this.#checkFits(p, gradients.get(p)!);
    const recipeOf = this.#recipes(this.#nextStep());
    const values = clipped(
      parameters.map((p) => gradients.get(p)!),
      this.options,
    );
    const writes: [State, Node][] = [];
    for (const [i, parameter] of parameters.entries()) {
      const { rule, decayFactor } = recipeOf(groupOf(parameter));
      const slots = this.#slotsOf(parameter);
      const old = slots.map((s) => new Tensor(s.read()));
      const [change, ...updated] = rule(values[i], old.slice(0, this.slotNames.length));
      const weights = new Tensor(parameter.state.read());
      const next = (decayFactor ? weights.mul(decayFactor) : weights).sub(change);
      const { averageDecay } = this.options;
      if (averageDecay) updated.push(old[old.length - 1].mul(averageDecay).add(next.mul(1 - averageDecay)));
      writes.push([parameter.state, next.node]);
      for (const [k, slot] of slots.entries()) writes.push([slot, updated[k].node]);
    }
    assignAll(writes);
  }

  /** The values kept for a parameter by name; empty before its first update. */
  slots(parameter: Differentiable): Map<string, Tensor> {
    const states = this.#slots.get(parameter) ?? [];
    return new Map(states.map((s, i) => [this.#slotNames[i], new Tensor(s.read())]));
  }

  /** @throws HeddleError when a file lacks a slot that this optimizer keeps of the parameter named `path` */
  checkSaved(path: string, saved: ReadonlyMap<string, unknown>): void {
    const lacks = this.#slotNames.find((name) => !saved.has(name));
    if (lacks !== undefined) fail(this.type, `"${lacks}" of ${path} is missing`);
  }

  /**
   * Continues with the slots of a file; where it has none, as before the first update.
   * @throws HeddleError when one is missing or of another shape
   */
  restore(parameter: Differentiable, saved?: ReadonlyMap<string, Tensor>): void {
    if (saved) this.checkSaved(parameter.state.name, saved);
    else if (!this.#slots.has(parameter)) return;
    const values = this.#slotNames.map((name) => saved?.get(name)?.node ?? this.#initial(name, parameter));
    assignAll(this.#slotsOf(parameter).map((s, i) => [s, values[i]]));
  }

  /** Continues with the steps and rates that a file has; where one of them is a schedule, this optimizer's stays. */
  resume({ iterations, config }: { iterations: number; config: OptimizerConfig }): void {
    this.iterations = iterations;
    const groups = (config.groups ?? []) as readonly ParameterGroup[];
    for (const [mine, saved] of [
      [this, config] as const,
      ...groups.map((g, i) => [this.groups[i], g] as const),
    ]) {
      if (typeof mine?.learningRate === "number" && typeof saved.learningRate === "number") {
        mine.learningRate = saved.learningRate;
      }
    }
  }

  /** @internal Exchanges all parameters and their averages: see {@link ema}. */
  swapAverages(): void {
    if (!this.options.averageDecay) fail("ema", `${this.type} keeps no averages: give it averageDecay`);
    const pairs = [...this.#slots].map(([{ state }, slots]) => [state, slots[slots.length - 1]] as const);
    assignAll(
      pairs.flatMap(([weights, average]) => [
        [weights, average.read()] as const,
        [average, weights.read()] as const,
      ]),
    );
  }

  /** Counts this update, and gives the numbers of its step. */
  #nextStep(): PerStep {
    const trace = currentTrace();
    const earlier = (trace && this.#recorded.get(trace)) ?? 0;
    const ahead = trace ? earlier + 1 : 0;
    const count = (): void => {
      this.iterations++;
    };
    if (trace) {
      this.#recorded.set(trace, ahead);
      trace.advances.push(count);
    } else count();
    return (read) => {
      const source = perCall(() => read(this.iterations + ahead));
      return new Tensor(make(scalar, [], { source, dtype: "float32" }));
    };
  }

  /** The numbers and formulas of a step, prepared once for all parameters of a group. */
  #recipes(perStep: PerStep): (group: ParameterGroup | undefined) => Recipe {
    const made = new Map<ParameterGroup | undefined, Recipe>();
    const prepare = (group: ParameterGroup | undefined): Recipe => {
      const rate = (step: number): number => rateAt(group?.learningRate ?? this.learningRate, step - 1);
      const decay = group?.weightDecay ?? this.options.weightDecay;
      return {
        rule: this.rule(perStep, rate),
        decayFactor: decay > 0 ? perStep((step) => 1 - rate(step) * decay) : undefined,
      };
    };
    return (group) => {
      const recipe = made.get(group) ?? prepare(group);
      made.set(group, recipe);
      return recipe;
    };
  }

  #checkFits({ state }: Differentiable, gradient: Tensor): void {
    if (sameShape(gradient.shape, state.shape)) return;
    const got = `a gradient ${showShape(gradient.shape)} for ${state.name} ${showShape(state.shape)}`;
    fail(this.type, `gradients must have their parameter's shape: got ${got}`);
  }

  get #slotNames(): readonly string[] {
    return this.options.averageDecay ? [...this.slotNames, AVERAGE] : this.slotNames;
  }

  #initial(slot: string, { state }: Differentiable): Node {
    return slot === AVERAGE ? state.read() : core.full(this.initialSlot, state.shape);
  }

  #slotsOf(parameter: Differentiable): readonly State[] {
    const known = this.#slots.get(parameter);
    if (known) return known;
    const made = outsideTrace(() =>
      this.#slotNames.map((name) =>
        State.from(this.#initial(name, parameter), `${parameter.state.name}/${name}`),
      ),
    );
    this.#slots.set(parameter, made);
    currentTrace()?.undo.push(() => this.#slots.delete(parameter));
    return made;
  }
}

interface Recipe {
  readonly rule: UpdateRule;
  /** The factor that weight decay multiplies a weight by. */
  readonly decayFactor: Tensor | undefined;
}
