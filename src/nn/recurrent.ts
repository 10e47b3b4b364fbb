/** What recurrent layers share: the loop over time, which unrolls in the recording, masks, and the weights' shapes. */
import { fail } from "../base/errors.ts";
import { count, flag, type Rules } from "../base/options.ts";
import { type Shape, sameShape, showShape } from "../base/shape.ts";
import { zeros } from "../tensor/create.ts";
import { stack, type Tensor } from "../tensor/tensor.ts";
import { type ActivationLike, activationOf } from "./activations.ts";
import { BuiltIn } from "./builtIn.ts";
import type { InitializerLike } from "./initializers.ts";
import { initializer, regularizer } from "./options.ts";
import type { RegularizerLike } from "./regularizers.ts";
import type { Parameter } from "./variable.ts";
import { type WeightOptions, weightedRules } from "./weighted.ts";

/** What recurrent layers have in common. */
export interface RecurrentOptions extends WeightOptions {
  /** Length of the state. */
  units: number;
  /** Default `tanh`. */
  activation?: ActivationLike;
  /** The output of every step instead of the last one's. Default false. */
  returnSequences?: boolean;
  /** Gives a list: the output, then the last state, which an LSTM has two tensors of. Default false. */
  returnState?: boolean;
  /** Starts at the end; sequences come out in that order. Default false. */
  goBackwards?: boolean;
  /** Default `orthogonal`. */
  recurrentInitializer?: InitializerLike;
  /** What the recurrent kernel adds to the loss. Default: nothing. */
  recurrentRegularizer?: RegularizerLike;
}

export const recurrentRules: Rules<RecurrentOptions> = {
  units: count,
  ...weightedRules,
  returnSequences: flag,
  returnState: flag,
  goBackwards: flag,
  recurrentInitializer: initializer,
  recurrentRegularizer: regularizer,
};

/** Those with gates. */
export interface GatedOptions extends RecurrentOptions {
  /** Of the gates. Default `sigmoid`. */
  recurrentActivation?: ActivationLike;
}

/** A state: its first tensor, [batch, units], is the step's output. */
export type State = readonly Tensor[];

/** What a layer gives: a tensor, or with `returnState` a list, [output, ...state]. */
export type Output<R extends boolean> = R extends true ? Tensor[] : Tensor;

/** Options in which the type sees whether the state is returned. */
export type Returning<O extends RecurrentOptions, R extends boolean> = O & { returnState?: R };

export abstract class Recurrent<
  R extends boolean = boolean,
  O extends RecurrentOptions = RecurrentOptions,
> extends BuiltIn<O> {
  /** [features, gates · units] */
  kernel!: Parameter;
  /** [units, gates · units] */
  recurrentKernel!: Parameter;
  /** What is added; undefined with `useBias: false`. */
  bias: Parameter | undefined;
  protected readonly activation: (x: Tensor) => Tensor;

  constructor(options: O, rules: Rules<O>) {
    super(options, rules, ["units"]);
    this.activation = activationOf(this.type, options.activation ?? "tanh");
  }

  /** Blocks of `units` in the kernels. */
  protected abstract readonly gates: number;
  /** Tensors in the state, each [batch, units]. */
  readonly states: number = 1;
  /** The next state; `projected` is x · kernel + bias of this step, [batch, gates · units]. */
  protected abstract step(projected: Tensor, state: State): State;

  protected biasShape(): Shape {
    return [this.gates * this.options.units];
  }

  protected biasInitializer(): InitializerLike {
    return this.options.biasInitializer ?? "zeros";
  }

  /** The bias that is added to all inputs at once. */
  protected inputBias(): Tensor | undefined {
    return this.bias?.value;
  }

  protected override setup(x: Tensor): void {
    const { units, useBias = true, kernelInitializer, recurrentInitializer = "orthogonal" } = this.options;
    if (x.rank !== 3) fail(this.type, `expects input [batch, time, features]: got ${showShape(x.shape)}`);
    const columns = this.gates * units;
    const { kernelRegularizer, recurrentRegularizer, biasRegularizer } = this.options;
    this.kernel = this.parameter([x.shape[2], columns], {
      initializer: kernelInitializer,
      regularizer: kernelRegularizer,
    });
    this.recurrentKernel = this.parameter([units, columns], {
      initializer: recurrentInitializer,
      regularizer: recurrentRegularizer,
    });
    if (!useBias) return;
    this.bias = this.parameter(this.biasShape(), {
      initializer: this.biasInitializer(),
      regularizer: biasRegularizer,
    });
  }

  /**
   * @param x [batch, time, features]
   * @param mask [batch, time], true where there is input; elsewhere state and output stay what they were
   * @param initialState what the first step starts from, each [batch, units]: one tensor, for an LSTM output and memory.
   *   Default: zeros
   */
  forward(x: Tensor, mask?: Tensor, ...initialState: Tensor[]): Output<R> {
    this.#check(x, mask, initialState);
    const { units, returnSequences = false, returnState = false, goBackwards = false } = this.options;
    const [batch, time] = x.shape;
    const bias = this.inputBias();
    const product = x.matmul(this.kernel.value);
    const projected = bias ? product.add(bias) : product;
    const at = (sequence: Tensor, t: number): Tensor => sequence.slice([0, t], [undefined, t + 1]).squeeze(1);
    let state: State = Array.from(
      { length: this.states },
      (_, s) => initialState[s] ?? zeros([batch, units]),
    );
    const outputs: Tensor[] = [];
    for (let i = 0; i < time; i++) {
      const t = goBackwards ? time - 1 - i : i;
      const before = state;
      state = this.step(at(projected, t), before);
      if (mask) {
        const isThere = at(mask.expandDims(2), t).cast("bool");
        state = state.map((next, s) => isThere.where(next, before[s]));
      }
      outputs.push(state[0]);
    }
    const output = returnSequences ? stack(outputs, 1) : state[0];
    return (returnState ? [output, ...state] : output) as Output<R>;
  }

  #check(x: Tensor, mask: Tensor | undefined, initialState: readonly Tensor[]): void {
    const features = this.kernel.shape[0];
    if (x.rank !== 3 || x.shape[2] !== features || x.shape[1] === 0) {
      fail(this.type, `expects input [batch, time, ${features}]: got ${showShape(x.shape)}`);
    }
    if (mask && (mask.rank !== 2 || mask.shape[0] !== x.shape[0] || mask.shape[1] !== x.shape[1])) {
      fail(this.type, `expects a mask [${x.shape[0]}, ${x.shape[1]}]: got ${showShape(mask.shape)}`);
    }
    if (initialState.length === 0) return;
    const wanted = [x.shape[0], this.options.units];
    const areRight = initialState.every((s) => sameShape(s.shape, wanted));
    if (initialState.length !== this.states || !areRight) {
      const got = initialState.map((s) => showShape(s.shape)).join(" and ");
      fail(this.type, `expects an initial state of ${this.states} × ${showShape(wanted)}: got ${got}`);
    }
  }
}
