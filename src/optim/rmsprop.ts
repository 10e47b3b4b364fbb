/**
 * RMSprop: divides by a running root mean square of gradients. Tieleman & Hinton, "Lecture 6.5" (2012); centered, by
 * their running standard deviation: Graves 2013.
 */
import { flag, positive, share } from "../base/options.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type EpsilonAs, epsilonAs, rootOf } from "./epsilon.ts";
import type { LearningRate } from "./learningRate.ts";
import { Optimizer, type OptimizerOptions, type PerStep, type Rule } from "./optimizer.ts";

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends OptimizerOptions {
  /** Default 1e-3. */
  learningRate?: LearningRate;
  /** Share of the old mean of squared gradients. Default 0.9. */
  rho?: number;
  /** Default 0. */
  momentum?: number;
  /** Subtracts the square of the running mean, so that the variance is left. Default false. */
  centered?: boolean;
  /** Default 1e-7, as in Keras. */
  epsilon?: number;
  /** Where it is added: to what the root is taken of (Keras), or to the root (PyTorch). Default "keras". */
  epsilonAs?: EpsilonAs;
}

/** What {@link rmsprop} makes. */
export class Rmsprop extends Optimizer<RmspropOptions> {
  protected override readonly slotNames = [
    "square",
    ...(this.options.centered ? ["mean"] : []),
    ...(this.options.momentum > 0 ? ["velocity"] : []),
  ];

  constructor(options: RmspropOptions = {}) {
    super(
      "rmsprop",
      options,
      { learningRate: 1e-3, rho: 0.9, momentum: 0, centered: false, epsilon: 1e-7, epsilonAs: "keras" },
      { rho: share, momentum: share, centered: flag, epsilon: positive, epsilonAs },
    );
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): Rule {
    const { rho, momentum, centered, epsilon } = this.options;
    const rate = perStep(learningRate);
    const blend = (old: Tensor, now: Tensor): Tensor => old.mul(rho).add(now.mul(1 - rho));
    return (g, [oldSquare, ...others]) => {
      const square = blend(oldSquare, g.square());
      const mean = centered ? [blend(others[0], g)] : [];
      // Rounding may leave a variance just below 0.
      const spread = centered ? square.sub(mean[0].square()).maximum(0) : square;
      const scaled = g.div(rootOf(spread, epsilon, this.options.epsilonAs));
      if (momentum === 0) return [scaled.mul(rate), square, ...mean];
      const velocity = others[mean.length].mul(momentum).add(scaled);
      return [velocity.mul(rate), square, ...mean, velocity];
    };
  }
}

/** @throws HeddleError when an option is out of its range */
export const rmsprop = (options?: RmspropOptions): Rmsprop => new Rmsprop(options);
