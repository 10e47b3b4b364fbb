/** `verbose`: the progress bar without its callback. */
import { progress } from "../progress.ts";
import type { FeatureOf } from "./feature.ts";

export const progressBar: FeatureOf = (_, { verbose }) => (verbose ? progress() : undefined);
