/** Saves the model while it trains. */
import { fail } from "../base/errors.ts";
import { count, flag } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { openStore, type Store, type StoreLike } from "../io/stores.ts";
import type { Callback } from "./callback.ts";
import { Monitor, type MonitorOptions, monitorOptions } from "./monitor.ts";

const checkpointOptions = options({
  ...monitorOptions.entries,
  /** Saves only epochs in which `monitor` is the best so far. Default false. */
  bestOnly: flag(false),
  /** Epochs between two saves. Default 1. */
  every: count(1),
  /** Saves within epochs too, after every so many steps of the training. Default: only after epochs. */
  everySteps: count(),
  /** Keeps so many of the newest stores of this training and removes the others; needs a store per epoch. Default: all. */
  keepLast: count(),
});

/** Options of {@link checkpoint}. */
export interface CheckpointOptions extends MonitorOptions, OptionsOf<typeof checkpointOptions> {}

/**
 * Writes the model to `store` after epochs, and within them if asked to. Each save replaces the one before, whole; a
 * function of the epoch, which counts from 0, gives every one a store of its own. A save holds the position of the
 * training: `fit` with `resume` goes on exactly there. A training whose loss is no number is not saved.
 *
 * @example
 * checkpoint("run/last.safetensors", { everySteps: 500 });
 * checkpoint("run/best.safetensors", { monitor: "valAccuracy", bestOnly: true });
 * checkpoint((epoch) => file(`run/${epoch}.safetensors`), { every: 5, keepLast: 3 });
 * @throws HeddleError when a count is no positive integer; while training, when a store cannot be written
 */
export function checkpoint(
  store: StoreLike | ((epoch: number) => StoreLike),
  options?: CheckpointOptions,
): Callback {
  const values = checkpointOptions.read("checkpoint", options);
  const { bestOnly, every, everySteps, keepLast } = values;
  if (bestOnly && everySteps !== undefined) {
    fail("checkpoint", "bestOnly is decided after epochs: it does not go with everySteps");
  }
  if (typeof store !== "function") {
    openStore(store);
    if (keepLast !== undefined) {
      fail("checkpoint", "keepLast needs a store per epoch: give a function of it");
    }
  }
  let monitor: Monitor;
  /** Whether all losses were numbers. */
  let isSound = true;
  /** Whether the epoch that ended is to be saved. */
  let isDue = false;
  /** Epochs whose places hold something, the newest last. */
  let kept: number[] = [];
  const placeOf = (epoch: number): Store => openStore(typeof store === "function" ? store(epoch) : store);
  return {
    name: "checkpoint",
    ...(everySteps !== undefined && { pauseEvery: everySteps }),
    onTrainBegin() {
      monitor = new Monitor("checkpoint", values);
      isSound = true;
      kept = [];
    },
    onBatchEnd(logs) {
      isSound &&= logs.every(({ loss }) => Number.isFinite(loss));
    },
    onEpochEnd(epoch, logs) {
      isDue = (epoch + 1) % every === 0 && (!bestOnly || monitor.isBetter(logs));
    },
    async onPause({ epoch, step }, run) {
      const isEnd = step === run.steps;
      if (!isSound || (isEnd && !isDue)) return;
      const place = placeOf(epoch);
      if (keepLast !== undefined && !place.remove) {
        fail("checkpoint", "keepLast needs stores that can remove their content");
      }
      const old = kept.filter((e) => e !== epoch);
      kept = [...old, epoch].slice(-(keepLast ?? Number.POSITIVE_INFINITY));
      await run.model.save(place);
      // Old ones go when the new one is safe.
      for (const e of old) if (!kept.includes(e)) await placeOf(e).remove?.();
    },
    state: () => ({ best: monitor.best, kept }),
    restore(state) {
      monitor.best = state.best as number | undefined;
      kept = state.kept as number[];
    },
  };
}
