/** Ends a training that no longer improves. */
import type { HostTensor } from "../base/host.ts";
import { flag, fromZero } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import type { Layer } from "../nn/module.ts";
import type { Callback } from "./callback.ts";
import { Monitor, type MonitorOptions, monitorOptions } from "./monitor.ts";

const earlyStoppingOptions = options({
  ...monitorOptions.entries,
  /** Epochs without improvement before the training stops. Default 0: it stops after the first. */
  patience: fromZero(0),
  /** Ends with the weights of the best epoch, unless `fit` fails or is aborted. Default false. */
  restoreBest: flag(false),
});

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions extends MonitorOptions, OptionsOf<typeof earlyStoppingOptions> {}

/**
 * Stops when `monitor` has not improved for `patience` epochs.
 *
 * @throws HeddleError when an option is wrong; while training, when the logs lack the name
 */
export function earlyStopping(options?: EarlyStoppingOptions): Callback {
  const values = earlyStoppingOptions.read("earlyStopping", options);
  const { patience, restoreBest } = values;
  let monitor: Monitor;
  let waited = 0;
  let net: Layer;
  /** The weights of the best epoch: `weights/path`. */
  let best: Record<string, HostTensor> = {};
  return {
    name: "earlyStopping",
    onTrainBegin(run) {
      monitor = new Monitor("earlyStopping", values);
      net = run.model.net;
      waited = 0;
      best = {};
    },
    async onEpochEnd(_epoch, logs, run) {
      if (monitor.isBetter(logs)) {
        waited = 0;
        if (restoreBest) best = await valuesOf(net);
      } else if (++waited >= Math.max(1, patience)) {
        run.stop(`${monitor.name} did not improve on ${monitor.best?.toFixed(4)} for ${waited} epochs`);
      }
    },
    onTrainEnd({ error }) {
      // What was aborted may be resumed from where it is.
      if (error !== undefined) return;
      for (const [path, variable] of net.state()) {
        const values = best[`weights/${path}`];
        if (values) variable.load(values.data);
      }
    },
    state: () => ({ best: monitor.best, waited, ...best }),
    restore({ best: value, waited: epochs, ...weights }) {
      monitor.best = value as number | undefined;
      waited = epochs as number;
      best = weights as Record<string, HostTensor>;
    },
  };
}

async function valuesOf(net: Layer): Promise<Record<string, HostTensor>> {
  const reading = [...net.state()].map(async ([path, { value }]) => {
    const { shape, dtype } = value;
    return [`weights/${path}`, { data: await value.data(), shape, dtype }] as const;
  });
  return Object.fromEntries(await Promise.all(reading));
}
