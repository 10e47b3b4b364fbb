/** RMSprop: divides by a running root mean square of gradients. Tieleman & Hinton, "Lecture 6.5" (2012). */
import { Optimizer, type OptimizerOptions, type PerStep, positive, type Rule, share } from "./optimizer.ts";

export interface RmspropOptions extends OptimizerOptions {
  /** Default 1e-3. */
  learningRate?: number;
  /** Share of the old mean of squared gradients. Default 0.9. */
  rho?: number;
  /** Default 0. */
  momentum?: number;
  /** Added to the root, as in PyTorch. Default 1e-7, as in Keras. */
  epsilon?: number;
}

export class Rmsprop extends Optimizer<RmspropOptions> {
  protected override readonly slotNames = this.options.momentum > 0 ? ["square", "velocity"] : ["square"];

  constructor({
    learningRate = 1e-3,
    rho = 0.9,
    momentum = 0,
    epsilon = 1e-7,
    weightDecay = 0,
  }: RmspropOptions = {}) {
    super("rmsprop", { learningRate, rho, momentum, epsilon, weightDecay });
    share("rmsprop", "rho", rho);
    share("rmsprop", "momentum", momentum);
    positive("rmsprop", "epsilon", epsilon);
  }

  protected override rule(perStep: PerStep): Rule {
    const { rho, momentum, epsilon } = this.options;
    const rate = perStep(() => this.learningRate);
    return (g, [old, v]) => {
      const square = old.mul(rho).add(g.square().mul(1 - rho));
      const scaled = g.div(square.sqrt().add(epsilon));
      if (!v) return [scaled.mul(rate), square];
      const velocity = v.mul(momentum).add(scaled);
      return [velocity.mul(rate), square, velocity];
    };
  }
}

/** @throws HeddleError when an option is out of its range */
export const rmsprop = (options?: RmspropOptions): Rmsprop => new Rmsprop(options);
