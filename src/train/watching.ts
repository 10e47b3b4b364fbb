/** Training steps that also look at the layers: which had the first output that is infinite or NaN. */

import { peaksOf } from "./peaks.ts";
import type { StepResult } from "./results.ts";
import type { Judge, Step, Steps } from "./steps.ts";

export interface Watching {
  readonly step: Step;
  /** The path of the first layer whose output was infinite or NaN. */
  brokenIn(result: StepResult): string | undefined;
  /** The same for another step. */
  observe(judge: Judge): Judge;
}

/** Kept with a model's steps: a second training compiles nothing. */
const known = new WeakMap<Steps, Watching>();

export function watching(steps: Steps): Watching {
  const found = known.get(steps) ?? made(steps);
  known.set(steps, found);
  return found;
}

function made(steps: Steps): Watching {
  /** Paths; known after the first step. */
  let layers: readonly string[] = [];
  const observe =
    (judge: Judge): Judge =>
    (x, y, weights) => {
      const { result, peaks, ...seen } = peaksOf(() => judge(x, y, weights));
      layers = seen.layers;
      return [...result, ...peaks];
    };
  return {
    step: steps.variant({ observe }),
    brokenIn({ sums }) {
      const peaks = sums.slice(sums.length - layers.length);
      return layers[peaks.findIndex((peak) => !Number.isFinite(peak))];
    },
    observe,
  };
}
