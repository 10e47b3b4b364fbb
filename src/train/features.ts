/**
 * The features of `fit`: all that it does beyond plain training. A chunk of its own, fetched when an option or a callback
 * asks for one of them.
 */

import { accumulation } from "./features/accumulation.ts";
import { classWeights } from "./features/classWeights.ts";
import type { Feature, FeatureOf } from "./features/feature.ts";
import { layerWatch } from "./features/layerWatch.ts";
import { progressBar } from "./features/progressBar.ts";
import { resume } from "./features/resume.ts";
import { validation } from "./features/validation.ts";
import type { FeatureOptions } from "./modelOptions.ts";
import type { Training } from "./training.ts";

/** In the order in which the loop calls them; callbacks come after them. */
const FEATURES: readonly FeatureOf[] = [
  // First, because the position that it restores is the one that others extend.
  resume,
  // These change different parts of a step: weights, what it records, what becomes of its gradients.
  classWeights,
  layerWatch,
  accumulation,
  // The bar's line of an epoch comes after the epoch's last validation.
  validation,
  progressBar,
];

/** The features that the options ask for. @throws HeddleError when options do not fit together */
export const featuresOf = (training: Training, options: FeatureOptions): readonly Feature[] =>
  FEATURES.flatMap((feature) => feature(training, options) ?? []);
