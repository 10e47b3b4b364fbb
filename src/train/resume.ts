/** `fit` with `resume`: a training goes on exactly where another one stopped. */
import { fail } from "../base/errors.ts";
import { openStore, type Store, type StoreLike } from "../io/stores.ts";
import type { Callback } from "./callback.ts";
import type { Training } from "./fit.ts";
import type { Position } from "./position.ts";
import { named, statesOf } from "./positionFile.ts";
import { openCheckpoint, restore } from "./save.ts";

/** A store, or the model itself. */
export type ResumeFrom = StoreLike | boolean;

/**
 * The training, from where it stands in a store or in the model (`last`); as it is while there is nothing.
 * @throws HeddleError when what is there was trained in another way, or is corrupt
 */
export async function resumed(training: Training, from: ResumeFrom, last: Position): Promise<Training> {
  const before = typeof from === "boolean" ? last : await load(training, openStore(from));
  if (!before) return training;
  if (!before.walk) return { ...training, position: { ...training.position, trained: before.trained } };
  check(training, before);
  const { lists, totals, widths } = structuredClone({
    lists: before.lists,
    totals: before.totals,
    widths: before.widths,
  });
  if (training.measures.widths.length === 0) training.measures.widths.push(...(widths ?? []));
  const position: Position = { ...before, lists, totals, callbacks: [], states: await statesOf(before) };
  const restorer: Callback = {
    onTrainBegin() {
      for (const [name, c] of named(position.callbacks)) {
        const state = position.states?.get(name);
        if (state) c.restore?.(state);
      }
    },
  };
  return { ...training, position, callbacks: [...training.callbacks, restorer] };
}

async function load(training: Training, store: Store): Promise<Position | undefined> {
  const { net, optimizer } = training.model;
  // A store that cannot tell is empty where it cannot be read.
  const bytes =
    store.exists && (await store.exists()) ? await store.read() : await store.read().catch(() => {});
  if (!bytes) return;
  const checkpoint = await openCheckpoint(bytes);
  const { type } = checkpoint.optimizer?.config ?? {};
  if (type !== optimizer?.type)
    fail("fit", `resumes a training by ${type}: got the optimizer ${optimizer?.type}`);
  if (checkpoint.position.walk) check(training, checkpoint.position);
  restore(checkpoint, net, optimizer);
  return checkpoint.position;
}

/** What the position says must mean the same here. */
function check({ position, data, batchSize, shuffle }: Training, before: Position): void {
  const names = (p: Position): string =>
    Object.keys(p.lists)
      .filter((name) => !name.startsWith("stepVal"))
      .sort()
      .join(", ");
  if (names(before) !== names(position)) {
    fail("fit", `resumes a training that measured ${names(before)}: got ${names(position)}`);
  }
  // Between epochs nothing depends on it.
  if (before.step === 0 || !before.walk) return;
  const here = { samples: data.length, batchSize, shuffle };
  for (const key of ["samples", "batchSize", "shuffle"] as const) {
    const was = before.walk[key];
    if (was !== here[key])
      fail("fit", `resumes in the middle of an epoch with ${key} ${was}: got ${here[key]}`);
  }
}
