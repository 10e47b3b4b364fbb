/** Lion: steps of the same length for every number, by the sign of a mean of gradients. Chen et al. 2023. */
import { fraction } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { rate } from "./learningRate.ts";
import {
  Optimizer,
  type OptimizerOptions,
  optimizerOptions,
  type PerStep,
  type UpdateRule,
} from "./optimizer.ts";

const lionOptions = options({
  ...optimizerOptions.entries,
  /** A number, or a schedule: a third to a tenth of what Adam takes is usual. Default 1e-3, as in Keras. */
  learningRate: rate(1e-3),
  /** Weight of the mean in the step, against the gradient. Default 0.9. */
  beta1: fraction(0.9),
  /** Decay of the mean of gradients. Default 0.99. */
  beta2: fraction(0.99),
});

/** Options of {@link lion}. */
export interface LionOptions extends OptimizerOptions, OptionsOf<typeof lionOptions> {}

/** What {@link lion} makes. */
export class Lion extends Optimizer<ValuesOf<typeof lionOptions>> {
  protected override readonly slotNames = ["mean"];

  constructor(given?: LionOptions) {
    super("lion", lionOptions, given);
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): UpdateRule {
    const { beta1, beta2 } = this.options;
    const rate = perStep(learningRate);
    const blend = (m: Tensor, g: Tensor, decay: number): Tensor => m.mul(decay).add(g.mul(1 - decay));
    return (g, [m]) => [blend(m, g, beta1).sign().mul(rate), blend(m, g, beta2)];
  }
}

/** @throws HeddleError when an option is out of its range */
export const lion = (options?: LionOptions): Lion => new Lion(options);
