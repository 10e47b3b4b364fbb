/** A training that was interrupted and resumed is bitwise the one that was not. */
import { describe, expect, test } from "vitest";
import * as h from "../../../src/index.ts";
import { memory } from "../../../src/io/index.ts";
import type { Callback } from "../../../src/train/callbacks.ts";
import { DEVICES } from "../../support/devices.ts";
import { contentOf, makeModel, type OptimizerName, run, STEPS } from "./program.ts";

/** Calls back before the step that has this number, over all epochs. */
const atStep = (
  number: number,
  act: (run: Parameters<NonNullable<Callback["onPause"]>>[1]) => void,
): Callback => ({
  pauseEvery: 1,
  onPause({ epoch, step }, run) {
    if (epoch * run.steps + step === number) act(run);
  },
});

/** Runs the program without a stop. */
async function uninterrupted(optimizer: OptimizerName, options: h.FitOptions = {}) {
  const model = makeModel(optimizer);
  const history = await run(model, [], options);
  return { history, content: await contentOf(model) };
}

for (const { name, start, missing } of DEVICES) {
  if (!start || name === "wasm2") continue;
  // Pipelines compile slowly without a GPU.
  describe.skipIf(missing)(name, { timeout: 180_000 }, () => {
    test.each<[string, OptimizerName, number, h.FitOptions]>([
      ["in the middle of an epoch, adam", "adam", STEPS + 2, {}],
      ["in the middle of an epoch, momentum", "momentum", 3, {}],
      ["before an epoch's last step", "adam", 2 * STEPS - 1, {}],
      ["between epochs", "adam", 2 * STEPS, {}],
      ["within a group of accumulated batches", "momentum", STEPS + 3, { accumulateSteps: 2 }],
      ["where it validates within epochs", "adam", STEPS + 4, { validateEvery: 2 }],
    ])("aborted %s", async (_, optimizer, stop, options) => {
      await start(h);
      const whole = await uninterrupted(optimizer, options);

      const store = memory();
      const model = makeModel(optimizer);
      const aborter = new AbortController();
      const abort = atStep(stop, () => aborter.abort(new Error("enough")));
      await expect(run(model, [abort], { ...options, signal: aborter.signal })).rejects.toThrow("enough");
      await model.save(store);

      const again = makeModel(optimizer, 99);
      const history = await run(again, [], { ...options, resume: store });
      expect(history).toEqual(whole.history);
      expect(await contentOf(again)).toEqual(whole.content);
    });
  });
}
