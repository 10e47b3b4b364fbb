/**
 * Finds the layer in which training breaks down: the first whose output is infinite or NaN. A callback asks for it with
 * `watchesLayers`.
 */
import type { Judge, Steps } from "../steps.ts";
import type { FeatureOf } from "./feature.ts";
import { peaksOf } from "./peaks.ts";

/** Records the largest magnitude in each layer's output behind the numbers of the metrics. */
interface Recorder {
  readonly observe: (judge: Judge) => Judge;
  /** Paths, in the order of the magnitudes. Empty before the first step. */
  layers: readonly string[];
}

/** One per model, so that a second training compiles nothing. */
const recorders = new WeakMap<Steps, Recorder>();

function recorderOf(steps: Steps): Recorder {
  const known = recorders.get(steps);
  if (known) return known;
  const recorder: Recorder = {
    observe: (judge) => (x, y, weights) => {
      const { result, peaks, layers } = peaksOf(() => judge(x, y, weights));
      recorder.layers = layers;
      return [...result, ...peaks];
    },
    layers: [],
  };
  recorders.set(steps, recorder);
  return recorder;
}

export const layerWatch: FeatureOf = ({ steps, measures, callbacks }) => {
  if (!callbacks.some((c) => c.watchesLayers)) return undefined;
  const recorder = recorderOf(steps);
  return {
    variant: { observe: recorder.observe },
    logs({ sums }) {
      const measured = measures.widths.reduce((a, b) => a + b, 0);
      const broken = sums.slice(measured).findIndex((peak) => !Number.isFinite(peak));
      return { brokenLayer: recorder.layers[broken] };
    },
  };
};
