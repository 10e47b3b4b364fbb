/** Ends a training that no longer improves. */
import type { HostArray } from "../base/dtype.ts";
import type { Layer } from "../nn/module.ts";
import type { Variable } from "../nn/variable.ts";
import type { Callback } from "./callback.ts";
import { Monitor, type MonitorOptions } from "./monitor.ts";

export interface EarlyStoppingOptions extends MonitorOptions {
  /** Epochs without improvement that are borne. Default 0. */
  patience?: number;
  /** Ends with the weights of the best epoch. Default false. */
  restoreBest?: boolean;
}

/** Stops when `monitor` has not improved for `patience` epochs. */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const { patience = 0, restoreBest = false } = options;
  let monitor: Monitor;
  let waited = 0;
  let best: Map<Variable, HostArray> | undefined;
  return {
    onTrainBegin() {
      monitor = new Monitor("earlyStopping", options);
      waited = 0;
      best = undefined;
    },
    async onEpochEnd(_epoch, logs, run) {
      if (monitor.isBetter(logs)) {
        waited = 0;
        if (restoreBest) best = await valuesOf(run.model.net);
      } else if (++waited >= Math.max(1, patience)) {
        run.stop(`${monitor.name} did not improve on ${monitor.best?.toFixed(4)} for ${waited} epochs`);
      }
    },
    onTrainEnd() {
      for (const [variable, values] of best ?? []) variable.load(values);
      best = undefined;
    },
  };
}

async function valuesOf(net: Layer): Promise<Map<Variable, HostArray>> {
  const variables = [...net.state().values()];
  const values = await Promise.all(variables.map((v) => v.value.data()));
  return new Map(variables.map((v, i) => [v, values[i]]));
}
