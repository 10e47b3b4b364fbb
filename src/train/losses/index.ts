/** `heddle/losses`: every loss as a function of targets and predictions. Models take them by name. */
export type { Loss, LossDescription, LossLike, LossName } from "../losses.ts";
export { cosineSimilarity } from "./cosine.ts";
export { klDivergence } from "./divergence.ts";
export { hinge } from "./hinge.ts";
export type { LossOptions } from "./reduction.ts";
export { type HuberOptions, huber, logCosh } from "./regression.ts";
export type { ScoreOptions } from "./scores.ts";
export * from "./standard.ts";
