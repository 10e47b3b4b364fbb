/** Long short-term memory. Hochreiter & Schmidhuber 1997; Gers et al. 2000. */
import { flag } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { concat, type Tensor } from "../tensor/tensor.ts";
import { activationOf } from "./activations.ts";
import { type InitializerLike, initializerOf } from "./initializers.ts";
import { type GatedOptions, gatedOptions, Recurrent, type Returning, type State } from "./recurrent.ts";

const lstmOptions = options({
  ...gatedOptions.entries,
  /** The forget gate's bias starts at 1. Default true. Jozefowicz et al. 2015. */
  unitForgetBias: flag(true),
});

/** Options of {@link lstm}. */
export interface LstmOptions extends GatedOptions, OptionsOf<typeof lstmOptions> {}

/** Gates in Keras's and PyTorch's order: input, forget, candidate, output. */
export class Lstm<R extends boolean = boolean> extends Recurrent<R, ValuesOf<typeof lstmOptions>> {
  protected override readonly gates = 4;
  override readonly states = 2;
  readonly #gate: (x: Tensor) => Tensor;

  constructor(options: LstmOptions) {
    super(lstmOptions, options);
    this.#gate = activationOf("lstm", this.options.recurrentActivation);
  }

  override get type(): string {
    return "lstm";
  }

  protected override biasInitializer(): InitializerLike {
    const { biasInitializer, unitForgetBias, units } = this.options;
    if (!unitForgetBias) return biasInitializer;
    const usual = initializerOf("lstm", biasInitializer);
    const ones = initializerOf("lstm", "ones");
    return {
      make: (_, key) =>
        concat([usual.make([units], key), ones.make([units], key), usual.make([2 * units], key)]),
    };
  }

  protected override step(projected: Tensor, [h, memory]: State): State {
    const all = projected.add(h.matmul(this.recurrentKernel.value));
    const [input, forget, candidate, output] = all.split(4, 1);
    const kept = memory.mul(this.#gate(forget));
    const next = kept.add(this.activation(candidate).mul(this.#gate(input)));
    return [this.activation(next).mul(this.#gate(output)), next];
  }
}

/**
 * A memory behind gates: [batch, time, features] → [batch, units], or [batch, time, units] with `returnSequences`.
 *
 * @throws HeddleError when an option is wrong; at the first call when the input is no batch of sequences
 */
export const lstm = <const R extends boolean = false>(options: Returning<LstmOptions, R>): Lstm<R> =>
  new Lstm(options);
