/** Scores of classification: logits, or the probabilities that a softmax or sigmoid made of them. */
import { flag } from "../../base/options/kinds.ts";
import { type OptionsOf, options } from "../../base/options/schema.ts";
import { Tensor } from "../../tensor/tensor.ts";

export const scoreOptions = options({
  /** Whether predictions are logits. Default: true, unless a softmax or sigmoid made them. */
  fromLogits: flag(),
});

/** Options of losses of classification. */
export interface ScoreOptions extends OptionsOf<typeof scoreOptions> {}

/** Probabilities stay this far from 0 and 1, as in Keras. */
export const MARGIN = 1e-7;

/** What the last op squashed, where it was a softmax or sigmoid and is still in the graph. */
export function scoresOf(
  predictions: Tensor,
  squash: "softmax" | "sigmoid",
  { fromLogits }: ScoreOptions,
): { scores: Tensor; areLogits: boolean } {
  const { node } = predictions;
  if (node.op.name !== squash || fromLogits === true) {
    return { scores: predictions, areLogits: fromLogits ?? true };
  }
  const [before] = node.inputs;
  return before ? { scores: new Tensor(before), areLogits: true } : { scores: predictions, areLogits: false };
}

/** Logits; for probabilities their logarithm, which softmax normalises again. */
export function logitsOf(predictions: Tensor, options: ScoreOptions): Tensor {
  const { scores, areLogits } = scoresOf(predictions, "softmax", options);
  return areLogits ? scores : scores.clip(MARGIN, 1).log();
}
