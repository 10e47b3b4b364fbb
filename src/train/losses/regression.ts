/** Losses of regression that outliers pull less than the square. */
import { positive } from "../../base/options/kinds.ts";
import { type OptionsOf, options } from "../../base/options/schema.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type LossOptions, lossOptions, reduced } from "./reduction.ts";
import { checkHost, fitting, isNumber } from "./targets.ts";

const huberOptions = options({
  ...lossOptions.entries,
  /** Where the square ends and the line begins. Default 1. */
  delta: positive(1),
});

/** Options of {@link huber}. */
export interface HuberOptions extends LossOptions, OptionsOf<typeof huberOptions> {}

/**
 * e²/2 for errors up to `delta`, δ(|e| − δ/2) above. Huber 1964.
 * @throws HeddleError when `delta` is not positive, or shapes do not fit
 */
export function huber(targets: Tensor, predictions: Tensor, options: HuberOptions = {}): Tensor {
  const { delta } = huberOptions.read("huber", options);
  const e = differences("huber", targets, predictions).abs();
  const near = e.minimum(delta);
  return reduced(near.mul(e.sub(near.mul(0.5))), options);
}

/** ln cosh(prediction − target), in a form that does not overflow. @throws HeddleError when shapes do not fit */
export function logCosh(targets: Tensor, predictions: Tensor, options: LossOptions = {}): Tensor {
  lossOptions.read("logCosh", options);
  const e = differences("logCosh", targets, predictions);
  return reduced(e.add(e.mul(-2).softplus()).sub(Math.LN2), options);
}

function differences(where: string, targets: Tensor, predictions: Tensor): Tensor {
  checkHost(where, targets, isNumber);
  return predictions.sub(fitting(where, targets, predictions));
}
