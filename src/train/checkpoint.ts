/** Saves the model while it trains. */
import type { StoreLike } from "../io/stores.ts";
import type { Callback } from "./callback.ts";
import { Monitor, type MonitorOptions } from "./monitor.ts";

export interface CheckpointOptions extends MonitorOptions {
  /** Saves only epochs in which `monitor` is the best so far. Default false. */
  bestOnly?: boolean;
  /** Epochs between two saves. Default 1. */
  every?: number;
}

/** Writes the model to `store` after epochs; each save replaces the one before, whole. */
export function checkpoint(store: StoreLike, options: CheckpointOptions = {}): Callback {
  const { bestOnly = false, every = 1 } = options;
  let monitor: Monitor;
  return {
    onTrainBegin() {
      monitor = new Monitor("checkpoint", options);
    },
    async onEpochEnd(epoch, logs, run) {
      if ((epoch + 1) % every !== 0) return;
      if (!bestOnly || monitor.isBetter(logs)) await run.model.save(store);
    },
  };
}
