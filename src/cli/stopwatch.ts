/** Time spent in training steps, without validation. */
import type { BatchLogs, Callback } from "../train/callback.ts";

export class Stopwatch implements Callback {
  seconds = 0;
  samples = 0;
  #begun = 0;
  #before = 0;

  onEpochBegin(): void {
    this.#begun = performance.now();
    this.#before = this.seconds;
  }

  /** The last one of an epoch comes when all its steps are done. */
  onBatchEnd(logs: readonly BatchLogs[]): void {
    this.seconds = this.#before + (performance.now() - this.#begun) / 1000;
    for (const { samples } of logs) this.samples += samples;
  }
}
