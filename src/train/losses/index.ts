/** `heddle/losses`: every loss as a function of targets and predictions. Models take them by name. */
export {
  binaryCrossentropy,
  type CrossentropyOptions,
  categoricalCrossentropy,
  type Loss,
  type LossDescription,
  type LossLike,
  type LossName,
  meanAbsoluteError,
  meanSquaredError,
  sparseCategoricalCrossentropy,
} from "../losses.ts";
export { cosineSimilarity } from "./cosine.ts";
export { klDivergence } from "./divergence.ts";
export { hinge } from "./hinge.ts";
export type { LossOptions } from "./reduction.ts";
export { type HuberOptions, huber, logCosh } from "./regression.ts";
export type { ScoreOptions } from "./scores.ts";
