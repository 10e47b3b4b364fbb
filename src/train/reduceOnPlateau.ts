/** Lowers the learning rate when training no longer improves. */
import { fail } from "../base/errors.ts";
import { checkOptions, fromZero, notNegative, positive } from "../base/options.ts";
import type { Callback, TrainingRun } from "./callback.ts";
import { Monitor, type MonitorOptions, monitorRules } from "./monitor.ts";

/** Options of {@link reduceOnPlateau}. */
export interface ReduceOnPlateauOptions extends MonitorOptions {
  /** The rate is multiplied by this. Default 0.1. */
  factor?: number;
  /** Epochs without improvement before that. Default 10. */
  patience?: number;
  /** Smaller changes count as none. Default 1e-4. */
  minDelta?: number;
  /** Epochs after a reduction in which none are counted. Default 0. */
  cooldown?: number;
  /** Rates stay above or at this. Default 0. */
  minLearningRate?: number;
}

/**
 * Multiplies the learning rate, and those of parameter groups, by `factor` when `monitor` has not improved for
 * `patience` epochs; as in Keras.
 *
 * @throws HeddleError when an option is out of its range; while training, when the rate is a schedule
 */
export function reduceOnPlateau(options: ReduceOnPlateauOptions = {}): Callback {
  checkOptions("reduceOnPlateau", options, {
    ...monitorRules,
    factor: (v) => (positive(v, "", "") || (v as number) >= 1 ? "must lie between 0 and 1" : ""),
    patience: fromZero,
    cooldown: fromZero,
    minLearningRate: notNegative,
  });
  const { factor = 0.1, patience = 10, cooldown = 0, minLearningRate = 0, minDelta = 1e-4 } = options;
  let monitor: Monitor;
  let waited = 0;
  let resting = 0;
  return {
    name: "reduceOnPlateau",
    onTrainBegin(run) {
      monitor = new Monitor("reduceOnPlateau", { ...options, minDelta });
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
