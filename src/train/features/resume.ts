/** `resume`: a training goes on exactly where another one stopped. */
import { fail } from "../../base/errors.ts";
import { openStore, type Store } from "../../io/stores.ts";
import type { TrainedModel } from "../callback.ts";
import type { KnownPosition, Position } from "../position.ts";
import { openCheckpoint, restore } from "../save.ts";
import { named, snapshot } from "../snapshot.ts";
import type { FeatureOf } from "./feature.ts";

export const resume: FeatureOf = ({ model, last }, { resume: from = false }) => {
  if (from === false) return undefined;
  let { states } = last.position;
  return {
    async begin(fresh) {
      const before = from === true ? await snapshot(last) : await load(openStore(from), model, fresh);
      if (!before) return fresh;
      if (!before.walk) return { ...fresh, trained: before.trained };
      check(before, fresh);
      states = before.states ?? {};
      return { ...fresh, ...before, walk: fresh.walk };
    },
    onBegun(participants) {
      for (const [name, c] of named(participants)) if (states[name]) c.restore?.(states[name]);
    },
  };
};

/** Reads a model's weights, optimizer and position; undefined while the store is empty. */
async function load(store: Store, model: TrainedModel, fresh: Position): Promise<KnownPosition | undefined> {
  if (store.exists && !(await store.exists())) return undefined;
  // A store that cannot tell counts as empty when it cannot be read.
  const bytes = await (store.exists ? store.read() : store.read().catch(() => undefined));
  if (!bytes) return undefined;
  const checkpoint = await openCheckpoint(bytes);
  const { net, optimizer } = model;
  const { type } = checkpoint.optimizer?.config ?? {};
  if (type !== optimizer?.type)
    fail("fit", `resumes a training by ${type}: got the optimizer ${optimizer?.type}`);
  if (checkpoint.position.walk) check(checkpoint.position, fresh);
  restore(checkpoint, net, optimizer);
  return checkpoint.position;
}

/** @throws HeddleError when a training that begins at `fresh` differs in what it measures, or in its data, from before */
function check(before: KnownPosition, fresh: Position): void {
  const names = ({ lists = {} }: KnownPosition): string =>
    Object.keys(lists)
      .filter((name) => !name.startsWith("stepVal"))
      .sort()
      .join(", ");
  if (names(before) !== names(fresh)) {
    fail("fit", `resumes a training that measured ${names(before)}: got ${names(fresh)}`);
  }
  // Between epochs nothing depends on how the data were cut into batches.
  if (before.step === 0 || !before.walk || !fresh.walk) return;
  for (const key of ["samples", "batchSize", "shuffle"] as const) {
    const [was, is] = [before.walk[key], fresh.walk[key]];
    if (was !== is) fail("fit", `resumes in the middle of an epoch with ${key} ${was}: got ${is}`);
  }
}
