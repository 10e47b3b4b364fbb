/** Stochastic gradient descent. Momentum: v ← αv + g, w ← w − ηv, as in PyTorch; Sutskever et al. 2013 for Nesterov's. */
import { fail } from "../base/errors.ts";
import { flag, share } from "../base/options.ts";
import type { LearningRate } from "./learningRate.ts";
import { Optimizer, type OptimizerOptions, type PerStep, type Rule } from "./optimizer.ts";

/** Options of {@link sgd}. */
export interface SgdOptions extends OptimizerOptions {
  /** Default 0.01. */
  learningRate?: LearningRate;
  /** Default 0. */
  momentum?: number;
  /** Looks one step ahead; needs momentum. Default false. */
  nesterov?: boolean;
}

/** What {@link sgd} makes. */
export class Sgd extends Optimizer<SgdOptions> {
  protected override readonly slotNames = this.options.momentum > 0 ? ["velocity"] : [];

  constructor(options: SgdOptions = {}) {
    const defaults = { learningRate: 0.01, momentum: 0, nesterov: false };
    super("sgd", options, defaults, { momentum: share, nesterov: flag });
    const { momentum, nesterov } = this.options;
    if (nesterov && momentum === 0) fail("sgd", "nesterov needs a momentum above 0: got 0");
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): Rule {
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
