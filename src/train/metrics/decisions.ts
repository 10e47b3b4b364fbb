/** Predictions of classes as decisions and as probabilities, beside the true classes. */
import { number } from "../../base/options/kinds.ts";
import { type OptionsOf, options } from "../../base/options/schema.ts";
import { sameShape } from "../../base/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { fitting, labelsOf } from "../losses/targets.ts";
import { type LossLike, lossName, takesLogits } from "../losses.ts";

export const thresholdOptions = options({
  /** Of outputs that say yes or no. Default 0.5, and 0 for logits. */
  threshold: number(),
});

/** Options of metrics that decide between yes and no. */
export interface ThresholdOptions extends OptionsOf<typeof thresholdOptions> {}

/** Whether each output says yes or no by itself: one output, or one per label of the binary cross entropy. */
export const isBinary = ({ rank, shape }: Tensor, loss: LossLike | undefined): boolean =>
  rank < 2 || shape[rank - 1] === 1 || lossName(loss) === "binaryCrossentropy";

/** Yes where an output is above the threshold: by default 0.5, and 0 for logits. */
export const yes = (predictions: Tensor, loss: LossLike | undefined, threshold?: number): Tensor =>
  predictions.greater(threshold ?? (takesLogits(loss, predictions) ? 0 : 0.5));

/** The true classes, int32 without the last axis, from labels or one-hot rows. */
export const trueClasses = (where: string, targets: Tensor, predictions: Tensor): Tensor =>
  sameShape(targets.shape, predictions.shape) ? targets.argMax(-1) : labelsOf(where, targets, predictions);

/** For every decision the true class and the chosen one, int32 [decisions]. */
interface Decisions {
  readonly truth: Tensor;
  readonly chosen: Tensor;
  readonly classes: number;
}

export function decisions(
  where: string,
  targets: Tensor,
  predictions: Tensor,
  loss: LossLike | undefined,
  threshold?: number,
): Decisions {
  const flat = (x: Tensor): Tensor => x.cast("int32").reshape([x.size]);
  if (isBinary(predictions, loss)) {
    const truth = fitting(where, targets, predictions).cast("float32").greater(0.5);
    return { truth: flat(truth), chosen: flat(yes(predictions, loss, threshold)), classes: 2 };
  }
  const truth = trueClasses(where, targets, predictions);
  const classes = predictions.shape[predictions.rank - 1];
  return { truth: flat(truth), chosen: flat(predictions.argMax(-1)), classes };
}
