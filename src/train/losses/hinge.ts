/** The hinge loss of support vector machines and of the perceptron with a margin. */
import type { Tensor } from "../../tensor/tensor.ts";
import { type LossOptions, lossOptions, reduced } from "./reduction.ts";
import { checkHost, fitting, isNumber } from "./targets.ts";

/**
 * max(0, 1 − t·prediction). Targets are −1 and 1, or 0 and 1, where 0 counts as −1. Cortes & Vapnik 1995.
 * @throws HeddleError when shapes do not fit
 */
export function hinge(targets: Tensor, predictions: Tensor, options: LossOptions = {}): Tensor {
  lossOptions.read("hinge", options);
  checkHost("hinge", targets, isNumber);
  const side = fitting("hinge", targets, predictions).greater(0).where(1, -1);
  return reduced(side.mul(predictions).mul(-1).add(1).relu(), options);
}
