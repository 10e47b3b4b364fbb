/** `verbose`: the progress bar without its callback. */
import { progress } from "../progress.ts";
import type { FeatureOf } from "./feature.ts";

export interface ProgressBarOptions {
  /** Shows a progress bar. Default false. */
  verbose?: boolean;
}

export const progressBar: FeatureOf<ProgressBarOptions> = (_, { verbose }) =>
  verbose ? progress() : undefined;
