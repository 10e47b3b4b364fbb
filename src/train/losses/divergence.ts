/** The distance of distributions. */
import { options } from "../../base/options/schema.ts";
import * as composites from "../../ops/composites.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { type LossOptions, lossOptions, reduced } from "./reduction.ts";
import { logitsOf, MARGIN, type ScoreOptions, scoreOptions } from "./scores.ts";
import { checkHost, fitting, isProbability } from "./targets.ts";

const divergenceOptions = options({ ...lossOptions.entries, ...scoreOptions.entries });

/**
 * Σ t·ln(t / p) over the last axis: targets and predictions are distributions; the latter may be logits. Kullback &
 * Leibler 1951.
 * @throws HeddleError when shapes do not fit, or targets lie outside of [0, 1]
 */
export function klDivergence(
  targets: Tensor,
  predictions: Tensor,
  options: LossOptions & ScoreOptions = {},
): Tensor {
  divergenceOptions.read("klDivergence", options);
  checkHost("klDivergence", targets, isProbability);
  const t = fitting("klDivergence", targets, predictions).cast("float32");
  const cross = new Tensor(composites.crossEntropy(logitsOf(predictions, options).node, t.node));
  return reduced(cross.add(t.mul(t.maximum(MARGIN).log()).sum(-1)), options);
}
