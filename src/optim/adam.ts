/**
 * Adam, as Algorithm 1 of Kingma & Ba 2015, and AdamW: Loshchilov & Hutter 2019. Both corrections of the bias are
 * numbers of the step: m̂ / (√v̂ + ε) = (c / (1 − β₁ᵗ)) · m / (√v + εc) with c = √(1 − β₂ᵗ).
 */
import { Optimizer, type OptimizerOptions, type PerStep, positive, type Rule, share } from "./optimizer.ts";

export interface AdamOptions extends OptimizerOptions {
  /** Default 1e-3. */
  learningRate?: number;
  /** Share of the old mean of gradients. Default 0.9. */
  beta1?: number;
  /** Share of the old mean of squared gradients. Default 0.999. */
  beta2?: number;
  /** Added to the root. Default 1e-7, as in Keras. */
  epsilon?: number;
}

export class Adam extends Optimizer<AdamOptions> {
  protected override readonly slotNames = ["mean", "square"];

  constructor(
    { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, weightDecay = 0 }: AdamOptions = {},
    type = "adam",
  ) {
    super(type, { learningRate, beta1, beta2, epsilon, weightDecay });
    share(type, "beta1", beta1);
    share(type, "beta2", beta2);
    positive(type, "epsilon", epsilon);
  }

  protected override rule(perStep: PerStep): Rule {
    const { beta1, beta2, epsilon } = this.options;
    const correction = (step: number): number => Math.sqrt(1 - beta2 ** step);
    const rate = perStep((step) => (this.learningRate * correction(step)) / (1 - beta1 ** step));
    const offset = perStep((step) => epsilon * correction(step));
    return (g, [m, v]) => {
      const mean = m.mul(beta1).add(g.mul(1 - beta1));
      const square = v.mul(beta2).add(g.square().mul(1 - beta2));
      return [mean.mul(rate).div(square.sqrt().add(offset)), mean, square];
    };
  }
}

/** @throws HeddleError when an option is out of its range */
export const adam = (options?: AdamOptions): Adam => new Adam(options);

/** Adam with decoupled weight decay, 0.004 by default, as in Keras. @throws HeddleError as {@link adam} */
export const adamw = (options: AdamOptions = {}): Adam =>
  new Adam({ ...options, weightDecay: options.weightDecay ?? 0.004 }, "adamw");
