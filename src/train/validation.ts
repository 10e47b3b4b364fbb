/** `validateEvery`: validation within epochs. An epoch's own validation serves where both fall on one step. */
import type { Callback, Logs, Pause, TrainingRun } from "./callback.ts";
import type { Training } from "./fit.ts";

/** The list of a validation result: `stepValLoss`. */
const listName = (name: string): string => `step${name[0].toUpperCase()}${name.slice(1)}`;

export function validation({ position, callbacks, validate }: Training, every: number): Callback {
  const { lists } = position;
  const names = Object.keys(lists).filter((name) => /^val[A-Z]/.test(name));
  for (const name of names) lists[listName(name)] ??= [];
  /** The step of the training at which it validated last. */
  let last = 0;
  let isResumed = false;
  const stepsAt = ({ epoch, step }: Pause, run: TrainingRun): number => epoch * run.steps + step;
  const note = async (at: Pause, logs: Logs, run: TrainingRun): Promise<void> => {
    last = stepsAt(at, run);
    for (const [name, value] of Object.entries(logs)) lists[listName(name)].push(value);
    for (const c of callbacks) await c.onValidation?.(at, logs, run);
  };
  return {
    name: "validateEvery",
    pauseEvery: every,
    state: () => ({ last }),
    restore(state) {
      last = state.last as number;
      isResumed = true;
    },
    async onEpochBegin(epoch, run) {
      const at = { epoch, step: position.step };
      const steps = stepsAt(at, run);
      // An abort cut the validation of this step short.
      if (isResumed && steps > last && steps % every === 0) await note(at, await validate(), run);
      isResumed = false;
    },
    async onPause(at, run) {
      if (at.step < run.steps) await note(at, await validate(), run);
    },
    async onEpochEnd(epoch, logs, run) {
      const at = { epoch, step: run.steps };
      const own = Object.entries(logs).filter(([name]) => names.includes(name));
      if (stepsAt(at, run) % every === 0) await note(at, Object.fromEntries(own), run);
    },
  };
}
