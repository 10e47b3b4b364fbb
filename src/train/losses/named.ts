/** Losses that are fetched when a model names one. */
import { cosineSimilarity } from "./cosine.ts";
import { klDivergence } from "./divergence.ts";
import { hinge } from "./hinge.ts";
import { huber, logCosh } from "./regression.ts";

export const LOSSES = { huber, logCosh, hinge, klDivergence, cosineSimilarity };
