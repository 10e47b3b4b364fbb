/** The angle between vectors. */
import type { Tensor } from "../../tensor/tensor.ts";
import { type LossOptions, lossOptions, reduced } from "./reduction.ts";
import { checkHost, fitting, isNumber } from "./targets.ts";

/** Squared norms count at least this much, as in PyTorch. */
const LEAST = 1e-16;

/**
 * −cos of the angle between target and prediction along the last axis, as in Keras: −1 for the same direction; 0 where
 * one of them is 0.
 * @throws HeddleError when shapes do not fit
 */
export function cosineSimilarity(targets: Tensor, predictions: Tensor, options: LossOptions = {}): Tensor {
  lossOptions.read("cosineSimilarity", options);
  checkHost("cosineSimilarity", targets, isNumber);
  const t = fitting("cosineSimilarity", targets, predictions).cast("float32");
  const inverseNorm = (x: Tensor): Tensor => x.square().sum(-1).maximum(LEAST).rsqrt();
  const along = t.mul(predictions).sum(-1);
  return reduced(along.mul(inverseNorm(t)).mul(inverseNorm(predictions)).neg(), options);
}
