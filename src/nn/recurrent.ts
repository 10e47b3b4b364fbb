/** What recurrent layers share: the loop over time, which unrolls in the recording, masks, and the weights' shapes. */
import { fail } from "../base/errors.ts";
import { count, flag } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type SchemaOf, type ValuesOf } from "../base/options/schema.ts";
import { type Shape, sameShape, showShape } from "../base/shape.ts";
import { zeros } from "../tensor/create.ts";
import { stack, type Tensor } from "../tensor/tensor.ts";
import { activationLike, activationOf } from "./activations.ts";
import { BuiltIn } from "./builtIn.ts";
import type { InitializerLike } from "./initializers.ts";
import { initializerLike, regularizerLike } from "./options.ts";
import type { Parameter } from "./variable.ts";
import { type WeightOptions, weightOptions } from "./weighted.ts";

/** Options of all recurrent layers. */
export const recurrentOptions = options({
  /** Length of the state. */
  units: required(count()),
  ...weightOptions.entries,
  /** Of the state. Default `tanh`. */
  activation: activationLike("tanh"),
  /** The output of every step instead of the last one's. Default false. */
  returnSequences: flag(false),
  /** Gives a list: the output, then the last state, which an LSTM has two tensors of. Default false. */
  returnState: flag(false),
  /** Starts at the end; sequences come out in that order. Default false. */
  goBackwards: flag(false),
  /** Default `orthogonal`. */
  recurrentInitializer: initializerLike("orthogonal"),
  /** The recurrent kernel's term in the loss. Default: none. */
  recurrentRegularizer: regularizerLike(),
});

/** Options of all recurrent layers. */
export interface RecurrentOptions extends WeightOptions, OptionsOf<typeof recurrentOptions> {}

type RecurrentValues = ValuesOf<typeof recurrentOptions>;

/** Of recurrent layers with gates. */
export const gatedOptions = options({
  ...recurrentOptions.entries,
  /** Of the gates. Default `sigmoid`. */
  recurrentActivation: activationLike("sigmoid"),
});

/** Options of recurrent layers with gates. */
export interface GatedOptions extends RecurrentOptions, OptionsOf<typeof gatedOptions> {}

/** A state: its first tensor, [batch, units], is the step's output. */
export type State = readonly Tensor[];

/** What a layer gives: a tensor, or with `returnState` a list, [output, ...state]. */
export type Output<R extends boolean> = R extends true ? Tensor[] : Tensor;

/** Options in which the type sees whether the state is returned. */
export type Returning<O extends RecurrentOptions, R extends boolean> = O & { returnState?: R };

export abstract class Recurrent<
  R extends boolean = boolean,
  V extends RecurrentValues = RecurrentValues,
> extends BuiltIn<V> {
  /** [features, gates · units] */
  kernel!: Parameter;
  /** [units, gates · units] */
  recurrentKernel!: Parameter;
  /** What is added; undefined with `useBias: false`. */
  bias: Parameter | undefined;
  protected readonly activation: (x: Tensor) => Tensor;

  constructor(schema: SchemaOf<V>, given: object) {
    super(schema, given);
    this.activation = activationOf(this.type, this.options.activation);
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
    return this.options.biasInitializer;
  }

  /** The bias that is added to all inputs at once. */
  protected inputBias(): Tensor | undefined {
    return this.bias?.value;
  }

  protected override setup(x: Tensor): void {
    const { units, useBias, kernelInitializer, recurrentInitializer } = this.options;
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
    const { units, returnSequences, returnState, goBackwards } = this.options;
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
