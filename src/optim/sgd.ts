/** Stochastic gradient descent. Momentum: v ← αv + g, w ← w − ηv, as in PyTorch; Sutskever et al. 2013 for Nesterov's. */
import { Optimizer, type OptimizerOptions, type PerStep, type Rule, share } from "./optimizer.ts";

export interface SgdOptions extends OptimizerOptions {
  /** Default 0.01. */
  learningRate?: number;
  /** Default 0. */
  momentum?: number;
  /** Looks one step ahead; needs momentum. Default false. */
  nesterov?: boolean;
}

export class Sgd extends Optimizer<SgdOptions> {
  protected override readonly slotNames = this.options.momentum > 0 ? ["velocity"] : [];

  constructor({ learningRate = 0.01, momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions = {}) {
    super("sgd", { learningRate, momentum, nesterov, weightDecay });
    share("sgd", "momentum", momentum);
  }

  protected override rule(perStep: PerStep): Rule {
    const { momentum, nesterov } = this.options;
    const rate = perStep(() => this.learningRate);
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
