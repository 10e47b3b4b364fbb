/** Adagrad: divides by the root of the sum of all squared gradients so far. Duchi, Hazan & Singer 2011. */
import { notNegative, positive } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { epsilonAs, rootOf } from "./epsilon.ts";
import { rate } from "./learningRate.ts";
import {
  Optimizer,
  type OptimizerOptions,
  optimizerOptions,
  type PerStep,
  type UpdateRule,
} from "./optimizer.ts";

const adagradOptions = options({
  ...optimizerOptions.entries,
  /** A number, or a schedule. Default 1e-3. */
  learningRate: rate(1e-3),
  /** The first value of the sums. Default 0.1. */
  initialAccumulator: notNegative(0.1),
  /** Keeps the root from 0. Default 1e-7, as in Keras. */
  epsilon: positive(1e-7),
  /** Where epsilon is added: under the root (Keras), or to the root (PyTorch). Default "keras". */
  epsilonAs: epsilonAs("keras"),
});

/** Options of {@link adagrad}. */
export interface AdagradOptions extends OptimizerOptions, OptionsOf<typeof adagradOptions> {}

/** What {@link adagrad} makes. */
export class Adagrad extends Optimizer<ValuesOf<typeof adagradOptions>> {
  protected override readonly slotNames = ["accumulator"];
  protected override readonly initialSlot = this.options.initialAccumulator;

  constructor(given?: AdagradOptions) {
    super("adagrad", adagradOptions, given);
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): UpdateRule {
    const rate = perStep(learningRate);
    return (g, [sum]) => {
      const accumulator = sum.add(g.square());
      const { epsilon, epsilonAs: as } = this.options;
      return [g.mul(rate).div(rootOf(accumulator, epsilon, as)), accumulator];
    };
  }
}

/** @throws HeddleError when an option is out of its range */
export const adagrad = (options?: AdagradOptions): Adagrad => new Adagrad(options);
