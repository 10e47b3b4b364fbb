/** Adagrad: divides by the root of the sum of all squared gradients so far. Duchi, Hazan & Singer 2011. */
import {
  notNegative,
  Optimizer,
  type OptimizerOptions,
  type PerStep,
  positive,
  type Rule,
} from "./optimizer.ts";

export interface AdagradOptions extends OptimizerOptions {
  /** Default 1e-3. */
  learningRate?: number;
  /** What the sums start with. Default 0.1. */
  initialAccumulator?: number;
  /** Added to the root, as in PyTorch. Default 1e-7, as in Keras. */
  epsilon?: number;
}

export class Adagrad extends Optimizer<AdagradOptions> {
  protected override readonly slotNames = ["accumulator"];
  protected override readonly initialSlot = this.options.initialAccumulator;

  constructor({
    learningRate = 1e-3,
    initialAccumulator = 0.1,
    epsilon = 1e-7,
    weightDecay = 0,
  }: AdagradOptions = {}) {
    super("adagrad", { learningRate, initialAccumulator, epsilon, weightDecay });
    notNegative("adagrad", "initialAccumulator", initialAccumulator);
    positive("adagrad", "epsilon", epsilon);
  }

  protected override rule(perStep: PerStep): Rule {
    const rate = perStep(() => this.learningRate);
    return (g, [sum]) => {
      const accumulator = sum.add(g.square());
      return [g.mul(rate).div(accumulator.sqrt().add(this.options.epsilon)), accumulator];
    };
  }
}

/** @throws HeddleError when an option is out of its range */
export const adagrad = (options?: AdagradOptions): Adagrad => new Adagrad(options);
