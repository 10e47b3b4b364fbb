/**
 * Adam, as Algorithm 1 of Kingma & Ba 2015, its variant AMSGrad: Reddi, Kale & Kumar 2018, and AdamW: Loshchilov &
 * Hutter 2019. Both corrections of the bias are numbers of the step: m̂ / (√v̂ + ε) = (c / (1 − β₁ᵗ)) · m / (√v + εc)
 * with c = √(1 − β₂ᵗ). Keras has ε in the place of εc, which the paper calls ε̂.
 */
import { flag, fraction, notNegative, positive } from "../base/options/kinds.ts";
import { type OptionsOf, options, type ValuesOf } from "../base/options/schema.ts";
import { epsilonAs } from "./epsilon.ts";
import { rate } from "./learningRate.ts";
import {
  Optimizer,
  type OptimizerOptions,
  optimizerOptions,
  type PerStep,
  type UpdateRule,
} from "./optimizer.ts";

const adamOptions = options({
  ...optimizerOptions.entries,
  /** A number, or a schedule. Default 1e-3. */
  learningRate: rate(1e-3),
  /** Decay of the mean of gradients. Default 0.9. */
  beta1: fraction(0.9),
  /** Decay of the mean of squared gradients. Default 0.999. */
  beta2: fraction(0.999),
  /** Divides by the largest mean of squared gradients so far. Default false. */
  amsgrad: flag(false),
  /** Added to the root. Default 1e-7, as in Keras. */
  epsilon: positive(1e-7),
  /** Which root it is added to: that of v (Keras), or of v corrected for its bias (PyTorch). Default "keras". */
  epsilonAs: epsilonAs("keras"),
});
const adamwOptions = options({ ...adamOptions.entries, weightDecay: notNegative(0.004) });

/** Options of {@link adam}. */
export interface AdamOptions extends OptimizerOptions, OptionsOf<typeof adamOptions> {}

/** What {@link adam} makes. */
export class Adam extends Optimizer<ValuesOf<typeof adamOptions>> {
  protected override readonly slotNames = ["mean", "square", ...(this.options.amsgrad ? ["largest"] : [])];

  constructor(given?: AdamOptions, type = "adam") {
    super(type, type === "adamw" ? adamwOptions : adamOptions, given);
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): UpdateRule {
    const { beta1, beta2, epsilon, epsilonAs: as } = this.options;
    const correction = (step: number): number => Math.sqrt(1 - beta2 ** step);
    const rate = perStep((step) => (learningRate(step) * correction(step)) / (1 - beta1 ** step));
    const offset = as === "keras" ? epsilon : perStep((step) => epsilon * correction(step));
    return (g, [m, v, ...most]) => {
      const mean = m.mul(beta1).add(g.mul(1 - beta1));
      const square = v.mul(beta2).add(g.square().mul(1 - beta2));
      const largest = most.map((old) => old.maximum(square));
      const root = (largest[0] ?? square).sqrt();
      return [mean.mul(rate).div(root.add(offset)), mean, square, ...largest];
    };
  }
}

/** @throws HeddleError when an option is out of its range */
export const adam = (options?: AdamOptions): Adam => new Adam(options);

/** Adam with decoupled weight decay, 0.004 by default, as in Keras. @throws HeddleError as {@link adam} */
export const adamw = (options?: AdamOptions): Adam => new Adam(options, "adamw");
