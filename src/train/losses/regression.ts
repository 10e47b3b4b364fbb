/** Losses of regression that outliers pull less than the square. */
import { checkOptions, positive } from "../../base/options.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type LossOptions, lossRules, reduced } from "./reduction.ts";
import { checkHost, fitting, isNumber } from "./targets.ts";

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /** Where the square ends and the line begins. Default 1. */
  delta?: number;
}

/**
 * e²/2 for errors up to `delta`, δ(|e| − δ/2) above. Huber 1964.
 * @throws HeddleError when `delta` is not positive, or shapes do not fit
 */
export function huber(targets: Tensor, predictions: Tensor, options: HuberOptions = {}): Tensor {
  checkOptions("huber", options, { ...lossRules, delta: positive });
  const { delta = 1 } = options;
  const e = differences("huber", targets, predictions).abs();
  const near = e.minimum(delta);
  return reduced(near.mul(e.sub(near.mul(0.5))), options);
}

/** ln cosh(prediction − target), in a form that does not overflow. @throws HeddleError when shapes do not fit */
export function logCosh(targets: Tensor, predictions: Tensor, options: LossOptions = {}): Tensor {
  checkOptions("logCosh", options, lossRules);
  const e = differences("logCosh", targets, predictions);
  return reduced(e.add(e.mul(-2).softplus()).sub(Math.LN2), options);
}

function differences(where: string, targets: Tensor, predictions: Tensor): Tensor {
  checkHost(where, targets, isNumber);
  return predictions.sub(fitting(where, targets, predictions));
}
