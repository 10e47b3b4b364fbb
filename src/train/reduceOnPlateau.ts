/** Lowers the learning rate when training no longer improves. */
import { fail } from "../base/errors.ts";
import { fromZero, notNegative, openFraction } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import type { Callback, TrainingRun } from "./callback.ts";
import { Monitor, type MonitorOptions, monitorOptions } from "./monitor.ts";

const reduceOnPlateauOptions = options({
  ...monitorOptions.entries,
  /** The rate is multiplied by this. Default 0.1. */
  factor: openFraction(0.1),
  /** Epochs without improvement before that. Default 10. */
  patience: fromZero(10),
  /** Smaller changes count as none. Default 1e-4. */
  minDelta: notNegative(1e-4),
  /** Epochs after a reduction in which none are counted. Default 0. */
  cooldown: fromZero(0),
  /** Rates stay above or at this. Default 0. */
  minLearningRate: notNegative(0),
});

/** Options of {@link reduceOnPlateau}. */
export interface ReduceOnPlateauOptions
  extends Omit<MonitorOptions, "minDelta">,
    OptionsOf<typeof reduceOnPlateauOptions> {}

/**
 * Multiplies the learning rate, and those of parameter groups, by `factor` when `monitor` has not improved for
 * `patience` epochs; as in Keras.
 *
 * @throws HeddleError when an option is out of its range; while training, when the rate is a schedule
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Callback {
  const values = reduceOnPlateauOptions.read("reduceOnPlateau", options);
  const { factor, patience, cooldown, minLearningRate } = values;
  let monitor: Monitor;
  let waited = 0;
  let resting = 0;
  return {
    name: "reduceOnPlateau",
    onTrainBegin(run) {
      monitor = new Monitor("reduceOnPlateau", values);
      waited = 0;
      resting = 0;
      if (typeof run.model.optimizer?.learningRate === "function") {
        fail("reduceOnPlateau", "needs a number as learning rate: the optimizer has a schedule");
      }
    },
    onEpochEnd(_epoch, logs, run) {
      const isResting = resting > 0;
      if (isResting) resting--;
      if (monitor.isBetter(logs) || isResting) waited = 0;
      else if (++waited >= Math.max(1, patience)) {
        reduce(run, factor, minLearningRate);
        waited = 0;
        resting = cooldown;
      }
    },
    state: () => ({ best: monitor.best, waited, resting }),
    restore(state) {
      monitor.best = state.best as number | undefined;
      [waited, resting] = [state.waited as number, state.resting as number];
    },
  };
}

function reduce({ model: { optimizer } }: TrainingRun, factor: number, least: number): void {
  if (!optimizer) return;
  for (const place of [optimizer, ...optimizer.groups]) {
    const rate = place.learningRate;
    if (typeof rate === "number") place.learningRate = Math.min(rate, Math.max(least, rate * factor));
  }
}
