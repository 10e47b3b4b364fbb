/** Saves the model while it trains. */
import { fail } from "../base/errors.ts";
import { openStore, type Store, type StoreLike } from "../io/stores.ts";
import type { Callback } from "./callback.ts";
import { Monitor, type MonitorOptions } from "./monitor.ts";

export interface CheckpointOptions extends MonitorOptions {
  /** Saves only epochs in which `monitor` is the best so far. Default false. */
  bestOnly?: boolean;
  /** Epochs between two saves. Default 1. */
  every?: number;
  /** Of the checkpoints of this training, keeps so many of the newest; needs a place per epoch. Default: all. */
  keepLast?: number;
}

/**
 * Writes the model to `store` after epochs. Each save replaces the one before, whole; a function of the epoch, which
 * counts from 0, gives every one a place of its own.
 *
 * @example
 * checkpoint("run/best.safetensors", { monitor: "valAccuracy", bestOnly: true });
 * checkpoint((epoch) => file(`run/${epoch}.safetensors`), { every: 5, keepLast: 3 });
 * @throws HeddleError when a count is no positive integer; while training, when a store cannot be written
 */
export function checkpoint(
  store: StoreLike | ((epoch: number) => StoreLike),
  options: CheckpointOptions = {},
): Callback {
  const { bestOnly = false, every = 1, keepLast = Number.POSITIVE_INFINITY } = options;
  checkCount("every", every);
  if (keepLast !== Number.POSITIVE_INFINITY) {
    checkCount("keepLast", keepLast);
    if (typeof store !== "function")
      fail("checkpoint", "keepLast needs a store per epoch: give a function of it");
  }
  let monitor: Monitor;
  let kept: Store[] = [];
  return {
    onTrainBegin() {
      monitor = new Monitor("checkpoint", options);
      kept = [];
    },
    async onEpochEnd(epoch, logs, run) {
      if ((epoch + 1) % every !== 0) return;
      if (bestOnly && !monitor.isBetter(logs)) return;
      const place = openStore(typeof store === "function" ? store(epoch) : store);
      if (keepLast !== Number.POSITIVE_INFINITY && !place.remove) {
        fail("checkpoint", "keepLast needs stores that can remove their content");
      }
      await run.model.save(place);
      // Old ones go when the new one is safe.
      kept.push(place);
      while (kept.length > keepLast) await kept.shift()?.remove?.();
    },
  };
}

function checkCount(name: string, value: number): void {
  if (!(Number.isInteger(value) && value > 0)) {
    fail("checkpoint", `${name} must be a positive integer: got ${value}`);
  }
}
