/**
 * Adam, as Algorithm 1 of Kingma & Ba 2015, its variant AMSGrad: Reddi, Kale & Kumar 2018, and AdamW: Loshchilov &
 * Hutter 2019. Both corrections of the bias are numbers of the step: m̂ / (√v̂ + ε) = (c / (1 − β₁ᵗ)) · m / (√v + εc)
 * with c = √(1 − β₂ᵗ). Keras has ε in the place of εc, which the paper calls ε̂.
 */
import { flag, positive, share } from "../base/options.ts";
import { type EpsilonAs, epsilonAs } from "./epsilon.ts";
import type { LearningRate } from "./learningRate.ts";
import { Optimizer, type OptimizerOptions, type PerStep, type Rule } from "./optimizer.ts";

/** Options of {@link adam}. */
export interface AdamOptions extends OptimizerOptions {
  /** Default 1e-3. */
  learningRate?: LearningRate;
  /** Share of the old mean of gradients. Default 0.9. */
  beta1?: number;
  /** Share of the old mean of squared gradients. Default 0.999. */
  beta2?: number;
  /** Divides by the largest mean of squared gradients so far. Default false. */
  amsgrad?: boolean;
  /** Default 1e-7, as in Keras. */
  epsilon?: number;
  /** Which root it is added to: that of v (Keras), or of v corrected for its bias (PyTorch). Default "keras". */
  epsilonAs?: EpsilonAs;
}

/** What {@link adam} makes. */
export class Adam extends Optimizer<AdamOptions> {
  protected override readonly slotNames = ["mean", "square", ...(this.options.amsgrad ? ["largest"] : [])];

  constructor(options: AdamOptions = {}, type = "adam") {
    const defaults = {
      learningRate: 1e-3,
      beta1: 0.9,
      beta2: 0.999,
      amsgrad: false,
      epsilon: 1e-7,
      epsilonAs: "keras",
      ...(type === "adamw" && { weightDecay: 0.004 }),
    } as const;
    super(type, options, defaults, {
      beta1: share,
      beta2: share,
      amsgrad: flag,
      epsilon: positive,
      epsilonAs,
    });
  }

  protected override rule(perStep: PerStep, learningRate: (step: number) => number): Rule {
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
export const adamw = (options: AdamOptions = {}): Adam => new Adam(options, "adamw");
