/** Stochastic gradient descent. Momentum: v ← αv + g, w ← w − ηv, as in PyTorch; Sutskever et al. 2013 for Nesterov's. */
import { fail } from "../base/errors.ts";
import { flag, fraction } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { rate } from "./learningRate.ts";
import {
  Optimizer,
  type OptimizerOptions,
  optimizerOptions,
  type PerStep,
  type UpdateRule,
} from "./optimizer.ts";

const sgdOptions = options({
  ...optimizerOptions.entries,
  /** A number, or a schedule. Default 0.01. */
  learningRate: rate(0.01),
  /** Decay of the velocity. Default 0. */
  momentum: fraction(0),
  /** Looks one step ahead; needs momentum. Default false. */
  nesterov: flag(false),
});

/** Options of {@link sgd}. */
export interface SgdOptions extends OptimizerOptions, OptionsOf<typeof sgdOptions> {}

/** What {@link sgd} makes. */
export class Sgd extends Optimizer<ValuesOf<typeof sgdOptions>> {
  protected override readonly slotNames = this.options.momentum > 0 ? ["velocity"] : [];

  constructor(given?: SgdOptions) {
    super("sgd", sgdOptions, given);
    const { momentum, nesterov } = this.options;
    if (nesterov && momentum === 0) fail("sgd", "nesterov needs a momentum above 0: got 0");
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): UpdateRule {
    const { momentum, nesterov } = this.options;
    const rate = perStep(learningRate);
    return (g, [v]) => {
      if (!v) return [g.mul(rate)];
      const velocity = v.mul(momentum).add(g);
      const direction = nesterov ? velocity.mul(momentum).add(g) : velocity;
      return [direction.mul(rate), velocity];
    };
  }
}

/** @throws HeddleError when an option is out of its range */
export const sgd = (options?: SgdOptions): Sgd => new Sgd(options);
