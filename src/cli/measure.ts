/** Times of work on the current device. */
import { currentDevice } from "../runtime/devices.ts";

/** A sample lasts at least this long, so that enqueueing and waiting weigh little. Milliseconds. */
const SAMPLE_MS = 20;
/** A workload is sampled for about this long. */
const BUDGET_MS = 1000;
const MAX_SAMPLES = 25;

/** The median milliseconds of one `run`, after a warm-up that compiles. */
export async function measure(run: () => Promise<void>): Promise<number> {
  await sample(run, 1);
  const estimate = await sample(run, 1);
  if (estimate > BUDGET_MS) return estimate;
  const runs = Math.max(1, Math.ceil(SAMPLE_MS / estimate));
  const samples = Math.min(MAX_SAMPLES, Math.ceil(BUDGET_MS / (runs * estimate)));
  const times: number[] = [];
  for (let i = 0; i < samples; i++) times.push(await sample(run, runs));
  return median(times);
}

async function sample(run: () => Promise<void>, runs: number): Promise<number> {
  const device = currentDevice();
  const start = performance.now();
  for (let i = 0; i < runs; i++) await run();
  await device.queue.run(() => device.backend.sync());
  return (performance.now() - start) / runs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
