/** Adagrad: divides by the root of the sum of all squared gradients so far. Duchi, Hazan & Singer 2011. */
import { notNegative, positive } from "../base/options.ts";
import { type EpsilonAs, epsilonAs, rootOf } from "./epsilon.ts";
import type { LearningRate } from "./learningRate.ts";
import { Optimizer, type OptimizerOptions, type PerStep, type Rule } from "./optimizer.ts";

/** Options of {@link adagrad}. */
export interface AdagradOptions extends OptimizerOptions {
  /** Default 1e-3. */
  learningRate?: LearningRate;
  /** What the sums start with. Default 0.1. */
  initialAccumulator?: number;
  /** Default 1e-7, as in Keras. */
  epsilon?: number;
  /** Where it is added: to what the root is taken of (Keras), or to the root (PyTorch). Default "keras". */
  epsilonAs?: EpsilonAs;
}

/** What {@link adagrad} makes. */
export class Adagrad extends Optimizer<AdagradOptions> {
  protected override readonly slotNames = ["accumulator"];
  protected override readonly initialSlot = this.options.initialAccumulator;

  constructor(options: AdagradOptions = {}) {
    super(
      "adagrad",
      options,
      { learningRate: 1e-3, initialAccumulator: 0.1, epsilon: 1e-7, epsilonAs: "keras" },
      { initialAccumulator: notNegative, epsilon: positive, epsilonAs },
    );
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): Rule {
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
