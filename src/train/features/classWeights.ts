/** `classWeight`: weights of classes, for data in which some are rare. */
import { fail } from "../../base/errors.ts";
import { tensor } from "../../tensor/create.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type LossLike, lossName } from "../losses.ts";
import type { ClassWeights } from "../modelOptions.ts";
import type { FeatureOf } from "./feature.ts";

/** Weights of the samples' classes, times those given. */
export const classWeights: FeatureOf = ({ model, loss }, { classWeight }) => {
  if (!classWeight) return undefined;
  const weightsOf = classWeigher(classWeight, loss, model.net.outputShape().at(-1) ?? 1);
  return {
    weigh(targets, given) {
      const weights = weightsOf(targets);
      return given ? weights.mul(given.reshape(weights.shape)) : weights;
    },
  };
};

/**
 * Gives every sample of a batch the weight of its class: of labels, of one-hot targets [..., classes], or of 0 and 1.
 *
 * @param outputs length of the last axis of the predictions
 * @throws HeddleError when there is no such class, or a weight is negative
 */
function classWeigher(weights: ClassWeights, loss: LossLike, outputs: number): (targets: Tensor) => Tensor {
  const classes = Math.max(2, outputs);
  const table = new Float32Array(classes).fill(1);
  for (const [label, weight] of Object.entries(weights)) {
    if (!(Number(label) < classes)) fail("fit", `classWeight names class ${label} of ${classes}`);
    if (!(weight >= 0)) fail("fit", `the weight of class ${label} must not be negative: got ${weight}`);
    table[Number(label)] = weight;
  }
  const values = tensor(table);
  const isOneHot = outputs > 1 && lossName(loss) !== "sparseCategoricalCrossentropy";
  return (targets) => {
    const labels = isOneHot ? targets.argMax(-1) : targets.cast("int32");
    const last = labels.rank - 1;
    const weightsOf = values.take(labels.clip(0, classes - 1));
    // Labels may come as a column.
    return last > 0 && labels.shape[last] === 1 ? weightsOf.reshape(labels.shape.slice(0, last)) : weightsOf;
  };
}
