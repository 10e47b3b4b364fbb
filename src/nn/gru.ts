/** The gated recurrent unit. Cho et al. 2014. */
import { flag } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import type { Shape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { activationOf } from "./activations.ts";
import { type GatedOptions, gatedOptions, Recurrent, type Returning, type State } from "./recurrent.ts";

const gruOptions = options({
  ...gatedOptions.entries,
  /** The reset gate acts after the matrix product, as in cuDNN and PyTorch, else before it. Default true. */
  resetAfter: flag(true),
});

/** Options of {@link gru}. */
export interface GruOptions extends GatedOptions, OptionsOf<typeof gruOptions> {}

/** Gates in Keras's order: update, reset, candidate. The bias is [2, 3 · units], of input and state, with resetAfter. */
export class Gru<R extends boolean = boolean> extends Recurrent<R, ValuesOf<typeof gruOptions>> {
  protected override readonly gates = 3;
  readonly #gate: (x: Tensor) => Tensor;

  constructor(options: GruOptions) {
    super(gruOptions, options);
    this.#gate = activationOf("gru", this.options.recurrentActivation);
  }

  override get type(): string {
    return "gru";
  }

  protected override biasShape(): Shape {
    const [columns] = super.biasShape();
    return this.options.resetAfter ? [2, columns] : [columns];
  }

  protected override inputBias(): Tensor | undefined {
    return this.options.resetAfter ? this.#biasRow(0) : this.bias?.value;
  }

  #biasRow(row: number): Tensor | undefined {
    return this.bias?.value.slice([row], [row + 1]).squeeze(0);
  }

  protected override step(projected: Tensor, [h]: State): State {
    const { units } = this.options;
    const kernel = this.recurrentKernel.value;
    const [updateIn, resetIn, candidateIn] = projected.split(3, 1);
    if (this.options.resetAfter) {
      const product = h.matmul(kernel);
      const bias = this.#biasRow(1);
      const [update, reset, candidate] = (bias ? product.add(bias) : product).split(3, 1);
      const gated = candidate.mul(this.#gate(resetIn.add(reset)));
      return this.#mix(h, this.#gate(updateIn.add(update)), candidateIn.add(gated));
    }
    const [forGates, forCandidate] = kernel.split([2 * units, units], 1);
    const [update, reset] = h.matmul(forGates).split(2, 1);
    const gated = h.mul(this.#gate(resetIn.add(reset))).matmul(forCandidate);
    return this.#mix(h, this.#gate(updateIn.add(update)), candidateIn.add(gated));
  }

  /** update · h + (1 − update) · new */
  #mix(h: Tensor, update: Tensor, candidate: Tensor): State {
    const next = this.activation(candidate);
    return [next.add(update.mul(h.sub(next)))];
  }
}

/**
 * One state behind two gates: [batch, time, features] → [batch, units], or [batch, time, units] with `returnSequences`.
 *
 * @throws HeddleError when an option is wrong; at the first call when the input is no batch of sequences
 */
export const gru = <const R extends boolean = false>(options: Returning<GruOptions, R>): Gru<R> =>
  new Gru(options);
