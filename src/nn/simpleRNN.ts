/** The recurrent layer without gates. Elman 1990. */
import type { Tensor } from "../tensor/tensor.ts";
import {
  Recurrent,
  type RecurrentOptions,
  type Returning,
  recurrentOptions,
  type State,
} from "./recurrent.ts";

/** The layer that {@link simpleRNN} makes. */
export class SimpleRNN<R extends boolean = boolean> extends Recurrent<R> {
  protected override readonly gates = 1;

  constructor(options: RecurrentOptions) {
    super(recurrentOptions, options);
  }

  override get type(): string {
    return "simpleRNN";
  }

  protected override step(projected: Tensor, [h]: State): State {
    return [this.activation(projected.add(h.matmul(this.recurrentKernel.value)))];
  }
}

/**
 * h ← tanh(x · kernel + h · recurrentKernel + bias) for each step: [batch, time, features] → [batch, units], or
 * [batch, time, units] with `returnSequences`.
 *
 * @throws HeddleError when an option is wrong; at the first call when the input is no batch of sequences
 */
export const simpleRNN = <const R extends boolean = false>(
  options: Returning<RecurrentOptions, R>,
): SimpleRNN<R> => new SimpleRNN(options);
