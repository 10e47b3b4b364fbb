/** Ends a training whose loss is no number any more. */
import { type NoOptions, noOptions } from "../base/options/schema.ts";
import type { BatchLogs, Callback } from "./callback.ts";

/**
 * Stops at the first batch whose loss, or whose output of any layer, is NaN or infinite, and names the layer where it
 * appeared first. Results are read some steps behind, so the weights may be spoilt by then: combine it with
 * `checkpoint`.
 */
export function terminateOnNaN(options: NoOptions = {}): Callback {
  noOptions.read("terminateOnNaN", options);
  return {
    watchesLayers: true,
    onBatchEnd(logs, run) {
      const bad = logs.find(({ loss, brokenLayer }) => !Number.isFinite(loss) || brokenLayer !== undefined);
      if (bad) run.stop(reasonOf(bad));
    },
  };
}

function reasonOf({ epoch, step, loss, brokenLayer }: BatchLogs): string {
  const at = `at step ${step} of epoch ${epoch}`;
  if (brokenLayer === undefined) return `the loss was ${loss} ${at}, with every layer's output finite`;
  return `the output of ${brokenLayer} was not finite ${at}`;
}
