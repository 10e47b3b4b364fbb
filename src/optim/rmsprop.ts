/**
 * RMSprop: divides by a running root mean square of gradients. Tieleman & Hinton, "Lecture 6.5" (2012); centered, by
 * their running standard deviation: Graves 2013.
 */
import { flag, fraction, positive } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { epsilonAs, rootOf } from "./epsilon.ts";
import { rate } from "./learningRate.ts";
import {
  Optimizer,
  type OptimizerOptions,
  optimizerOptions,
  type PerStep,
  type UpdateRule,
} from "./optimizer.ts";

const rmspropOptions = options({
  ...optimizerOptions.entries,
  /** A number, or a schedule. Default 1e-3. */
  learningRate: rate(1e-3),
  /** Decay of the mean of squared gradients. Default 0.9. */
  rho: fraction(0.9),
  /** Decay of the velocity. Default 0. */
  momentum: fraction(0),
  /** Subtracts the square of the running mean, so that the variance is left. Default false. */
  centered: flag(false),
  /** Keeps the root from 0. Default 1e-7, as in Keras. */
  epsilon: positive(1e-7),
  /** Where epsilon is added: under the root (Keras), or to the root (PyTorch). Default "keras". */
  epsilonAs: epsilonAs("keras"),
});

/** Options of {@link rmsprop}. */
export interface RmspropOptions extends OptimizerOptions, OptionsOf<typeof rmspropOptions> {}

/** What {@link rmsprop} makes. */
export class Rmsprop extends Optimizer<ValuesOf<typeof rmspropOptions>> {
  protected override readonly slotNames = [
    "square",
    ...(this.options.centered ? ["mean"] : []),
    ...(this.options.momentum > 0 ? ["velocity"] : []),
  ];

  constructor(given?: RmspropOptions) {
    super("rmsprop", rmspropOptions, given);
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): UpdateRule {
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
