/** `validateEvery`: validation within epochs. An epoch's own validation serves where both fall on one step. */
import { fail } from "../../base/errors.ts";
import type { Logs, Pause, TrainingRun } from "../callback.ts";
import type { Lists } from "../position.ts";
import type { FeatureOf } from "./feature.ts";

/** The list of a validation result: `stepValLoss`. */
const listName = (name: string): string => `step${name[0].toUpperCase()}${name.slice(1)}`;

export const validation: FeatureOf = ({ callbacks, validate }, { validateEvery: every }) => {
  if (every === undefined) return undefined;
  if (!validate) return fail("fit", "validateEvery needs validationData or validationSplit");
  let lists: Lists = {};
  /** Steps of the first epoch that an earlier run made. */
  let made = 0;
  /** The step of the training, over its epochs, at which it validated last. */
  let last = 0;
  let isResumed = false;
  const stepsAt = ({ epoch, step }: Pause, run: TrainingRun): number => epoch * run.steps + step;
  const note = async (at: Pause, logs: Logs, run: TrainingRun): Promise<void> => {
    last = stepsAt(at, run);
    for (const [name, value] of Object.entries(logs)) lists[listName(name)].push(value);
    for (const c of callbacks) await c.onValidation?.(at, logs, run);
  };
  const isValidation = (name: string): boolean => /^val[A-Z]/.test(name);
  return {
    name: "validateEvery",
    pauseEvery: every,
    begin(position) {
      lists = position.lists;
      made = position.step;
      for (const name of Object.keys(lists).filter(isValidation)) lists[listName(name)] ??= [];
      return position;
    },
    state: () => ({ last }),
    restore(state) {
      last = state.last as number;
      isResumed = true;
    },
    async onEpochBegin(epoch, run) {
      const at = { epoch, step: made };
      const steps = stepsAt(at, run);
      // The validation that was due at this step did not end before the training was saved. An epoch's end has its own.
      const isDue = made < run.steps && steps > last && steps % every === 0;
      if (isResumed && isDue) await note(at, await validate(), run);
      isResumed = false;
    },
    async onPause(at, run) {
      if (at.step < run.steps) await note(at, await validate(), run);
    },
    async onEpochEnd(epoch, logs, run) {
      const at = { epoch, step: run.steps };
      const own = Object.entries(logs).filter(([name]) => isValidation(name));
      if (stepsAt(at, run) % every === 0) await note(at, Object.fromEntries(own), run);
    },
  };
};
