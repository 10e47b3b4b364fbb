/** Adadelta: steps as large as the running root mean square of the steps before. Zeiler 2012. */
import { positive, share } from "../base/options.ts";
import type { LearningRate } from "./learningRate.ts";
import { Optimizer, type OptimizerOptions, type PerStep, type Rule } from "./optimizer.ts";

/** Options of {@link adadelta}. */
export interface AdadeltaOptions extends OptimizerOptions {
  /** Default 1e-3, as in Keras; 1 is the form of the paper. */
  learningRate?: LearningRate;
  /** Share of the old means. Default 0.95. */
  rho?: number;
  /** Added under both roots. Default 1e-7, as in Keras. */
  epsilon?: number;
}

/** What {@link adadelta} makes. */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  protected override readonly slotNames = ["square", "step"];

  constructor(options: AdadeltaOptions = {}) {
    const defaults = { learningRate: 1e-3, rho: 0.95, epsilon: 1e-7 };
    super("adadelta", options, defaults, { rho: share, epsilon: positive });
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): Rule {
    const { rho, epsilon } = this.options;
    const rate = perStep(learningRate);
    return (g, [oldSquare, oldStep]) => {
      const square = oldSquare.mul(rho).add(g.square().mul(1 - rho));
      const step = g.mul(oldStep.add(epsilon).sqrt()).div(square.add(epsilon).sqrt());
      return [step.mul(rate), square, oldStep.mul(rho).add(step.square().mul(1 - rho))];
    };
  }
}

/** @throws HeddleError when an option is out of its range */
export const adadelta = (options?: AdadeltaOptions): Adadelta => new Adadelta(options);
