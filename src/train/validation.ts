/** `validateEvery`: validation within epochs. An epoch's own validation serves where both fall on one step. */
import type { Callback, Logs, TrainingRun } from "./callback.ts";
import type { Training } from "./fit.ts";
import { stepName } from "./position.ts";

export function validation(
  { position, callbacks }: Training,
  validate: () => Promise<Logs>,
  every: number,
): Callback {
  const { lists } = position;
  /** The step of the training at which it validated last. */
  let last = 0;
  let isResumed = false;
  const note = async (epoch: number, step: number, logs: Logs, run: TrainingRun): Promise<void> => {
    last = epoch * run.steps + step;
    for (const [name, value] of Object.entries(logs)) lists[stepName(name)].push(value);
    for (const c of callbacks) await c.onValidation?.({ epoch, step }, logs, run);
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
      const { step } = position;
      const steps = epoch * run.steps + step;
      // The validation of this step was cut short.
      if (isResumed && steps > last && steps % every === 0) await note(epoch, step, await validate(), run);
      isResumed = false;
    },
    async onPause({ epoch, step }, run) {
      if (step < run.steps) await note(epoch, step, await validate(), run);
    },
    async onEpochEnd(epoch, logs, run) {
      if (((epoch + 1) * run.steps) % every !== 0) return;
      const own = Object.entries(logs).filter(([name]) => stepName(name) in lists);
      await note(epoch, run.steps, Object.fromEntries(own), run);
    },
  };
}
