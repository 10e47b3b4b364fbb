/** Adadelta: steps as large as the running root mean square of the steps before. Zeiler 2012. */
import { fraction, positive } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { rate } from "./learningRate.ts";
import {
  Optimizer,
  type OptimizerOptions,
  optimizerOptions,
  type PerStep,
  type UpdateRule,
} from "./optimizer.ts";

const adadeltaOptions = options({
  ...optimizerOptions.entries,
  /** A number, or a schedule. Default 1e-3, as in Keras; 1 is the form of the paper. */
  learningRate: rate(1e-3),
  /** Decay of both means. Default 0.95. */
  rho: fraction(0.95),
  /** Added under both roots. Default 1e-7, as in Keras. */
  epsilon: positive(1e-7),
});

/** Options of {@link adadelta}. */
export interface AdadeltaOptions extends OptimizerOptions, OptionsOf<typeof adadeltaOptions> {}

/** What {@link adadelta} makes. */
export class Adadelta extends Optimizer<ValuesOf<typeof adadeltaOptions>> {
  protected override readonly slotNames = ["square", "step"];

  constructor(given?: AdadeltaOptions) {
    super("adadelta", adadeltaOptions, given);
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): UpdateRule {
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
