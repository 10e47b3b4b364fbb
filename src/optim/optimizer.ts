/**
 * What all optimizers share: the step counter, hyperparameters that compiled steps read at each call, and slots, which
 * are values kept per parameter. All writes of an update are one assignment.
 */
import { fail } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import { make } from "../graph/builder.ts";
import type { Node } from "../graph/node.ts";
import { core } from "../ops/core.ts";
import { scalar } from "../ops/sources.ts";
import { assignAll, State } from "../runtime/state.ts";
import { currentTrace, outsideTrace, perCall } from "../runtime/trace.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Differentiable, Gradients } from "../tensor/transforms.ts";

/** A number worked out on the host in double precision at every step, from the step's number (1 for the first). */
export type PerStep = (read: (step: number) => number) => Tensor;

/** The formula: what is subtracted from the parameter, and its new slots. */
export type Rule = (
  gradient: Tensor,
  slots: readonly Tensor[],
) => readonly [change: Tensor, ...slots: Tensor[]];

/** What every optimizer takes. */
export interface OptimizerOptions {
  learningRate?: number;
  /** w ← (1 − ηλ)w in each step, apart from the gradient, as in Keras. Default 0. */
  weightDecay?: number;
}

/** An optimizer as plain data. */
export type OptimizerConfig = { readonly type: string } & { readonly [option: string]: unknown };

export abstract class Optimizer<O extends OptimizerOptions = OptimizerOptions> {
  /** Read at every step, also of compiled ones. */
  learningRate: number;
  /** Steps taken. */
  iterations = 0;
  readonly #slots = new Map<Differentiable, readonly State[]>();
  /** Updates recorded in a trace so far: several in one step count each. */
  readonly #recorded = new WeakMap<object, number>();

  constructor(
    readonly type: string,
    protected readonly options: Required<O> & Required<OptimizerOptions>,
  ) {
    this.learningRate = notNegative(type, "learningRate", options.learningRate);
    notNegative(type, "weightDecay", options.weightDecay);
  }

  /** Names of the values kept per parameter. */
  protected abstract readonly slotNames: readonly string[];
  /** What slots start with. */
  protected readonly initialSlot: number = 0;
  /** Prepares a step: asks for the step's numbers once and returns the formula for one parameter. */
  protected abstract rule(perStep: PerStep): Rule;

  /** Options and the current learning rate, from which a file rebuilds the optimizer. */
  config(): OptimizerConfig {
    return { type: this.type, ...this.options, learningRate: this.learningRate };
  }

  /**
   * Updates parameters by their gradients: in place in a compiled step, else at once.
   * @throws HeddleError when a gradient does not fit its parameter
   */
  update(gradients: Gradients): void {
    if (!(gradients instanceof Map)) {
      fail(this.type, "update takes a Map from parameter to gradient: what valueAndGrad(net, …) returns");
    }
    const perStep = this.#nextStep();
    const rule = this.rule(perStep);
    const { weightDecay } = this.options;
    const kept = weightDecay > 0 ? perStep(() => 1 - this.learningRate * weightDecay) : undefined;
    const writes: [State, Node][] = [];
    for (const [parameter, gradient] of gradients) {
      const { state } = parameter;
      if (gradient.shape.join() !== state.shape.join()) {
        const got = `a gradient ${showShape(gradient.shape)} for ${state.name} ${showShape(state.shape)}`;
        fail(this.type, `gradients must have their parameter's shape: got ${got}`);
      }
      const slots = this.#slotsOf(parameter);
      const old = slots.map((s) => new Tensor(s.read()));
      const [change, ...values] = rule(gradient, old);
      const weights = new Tensor(state.read());
      writes.push([state, (kept ? weights.mul(kept) : weights).sub(change).node]);
      for (const [i, slot] of slots.entries()) writes.push([slot, values[i].node]);
    }
    assignAll(writes);
  }

  /** The values kept for a parameter by name; empty before its first update. */
  slots(parameter: Differentiable): Map<string, Tensor> {
    const states = this.#slots.get(parameter) ?? [];
    return new Map(states.map((s, i) => [this.slotNames[i], new Tensor(s.read())]));
  }

  /** Continues with the slots of a file. @throws HeddleError when one is missing or of another shape */
  restore(parameter: Differentiable, saved: ReadonlyMap<string, Tensor>): void {
    const values = this.slotNames.map(
      (name) => saved.get(name) ?? fail(this.type, `"${name}" of ${parameter.state.name} is missing`),
    );
    const states = this.#slotsOf(parameter);
    assignAll(states.map((s, i) => [s, values[i].node]));
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

  #slotsOf(parameter: Differentiable): readonly State[] {
    const known = this.#slots.get(parameter);
    if (known) return known;
    const { shape, name } = parameter.state;
    const made = outsideTrace(() =>
      this.slotNames.map((slot) => State.from(core.full(this.initialSlot, shape), `${name}/${slot}`)),
    );
    this.#slots.set(parameter, made);
    currentTrace()?.undo.push(() => this.#slots.delete(parameter));
    return made;
  }
}

/** @throws HeddleError when an option is not a positive number */
export function positive(where: string, name: string, value: number): number {
  return value > 0 && Number.isFinite(value)
    ? value
    : fail(where, `${name} must be a positive number: got ${value}`);
}

/** @throws HeddleError when an option does not lie in [0, 1) */
export function share(where: string, name: string, value: number): number {
  return value >= 0 && value < 1 ? value : fail(where, `${name} must lie in [0, 1): got ${value}`);
}

/** @throws HeddleError when an option is negative */
export function notNegative(where: string, name: string, value: number): number {
  return value >= 0 && Number.isFinite(value)
    ? value
    : fail(where, `${name} must not be negative: got ${value}`);
}
