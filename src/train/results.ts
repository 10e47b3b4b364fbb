/** Results of steps: read in bulk while later steps run, then summed up over the samples. */
import type { Tensor } from "../tensor/tensor.ts";
import { merged } from "./metrics/metric.ts";
import type { Measures } from "./steps.ts";

/** What one step gave: the loss, the numbers of all metrics, and how many samples it saw. */
export interface StepResult {
  readonly loss: number;
  readonly sums: readonly number[];
  readonly samples: number;
}

/** Milliseconds between reads, and results at most in one: reads cost little, and a progress bar stays alive. */
const READ_INTERVAL = 100;
const READ_LIMIT = 256;

/** Takes the result of each step and hands them on in order, a read behind. */
export class ResultReader {
  #pending: { values: Tensor; samples: number }[] = [];
  /** Reads that are not reported yet, in order. */
  readonly #reads: Promise<readonly StepResult[]>[];
  #lastRead = performance.now();
  readonly #report: (results: readonly StepResult[]) => void | Promise<void>;

  /** @param earlier results that are reported first */
  constructor(
    report: (results: readonly StepResult[]) => void | Promise<void>,
    earlier: readonly StepResult[] = [],
  ) {
    this.#report = report;
    this.#reads = [Promise.resolve(earlier)];
  }

  /** Takes over a step's result. */
  add(values: Tensor, samples: number): void {
    this.#pending.push({ values, samples });
  }

  /** Where it is time for a read, starts it and reports those before, which have had time to arrive. */
  async report(): Promise<void> {
    const isDue = performance.now() - this.#lastRead > READ_INTERVAL || this.#pending.length >= READ_LIMIT;
    if (!isDue) return;
    this.unreported();
    await this.#advance(1);
  }

  /** Reports all that is left. */
  async finish(): Promise<void> {
    this.unreported();
    await this.#advance(0);
  }

  /** Starts to read all that is left. @returns reads that are not reported yet, in order */
  unreported(): readonly Promise<readonly StepResult[]>[] {
    this.#lastRead = performance.now();
    const reading = Promise.all(this.#pending.splice(0).map(read));
    // A failure is reported where the read is awaited.
    reading.catch(() => {});
    this.#reads.push(reading);
    return this.#reads;
  }

  /** Reports reads until `left` of them are. */
  async #advance(left: number): Promise<void> {
    while (this.#reads.length > left) {
      const results = await this.#reads[0];
      this.#reads.shift();
      if (results.length > 0) await this.#report(results);
    }
  }
}

async function read({ values, samples }: { values: Tensor; samples: number }): Promise<StepResult> {
  const [loss, ...sums] = await values.data();
  values.dispose();
  return { loss, sums, samples };
}

/** Sums over the results of several steps. Plain data: a checkpoint keeps them. */
export interface Totals {
  steps: number;
  samples: number;
  loss: number;
  /** Of each metric. */
  readonly sums: (readonly number[] | undefined)[];
}

export const noTotals = (): Totals => ({ steps: 0, samples: 0, loss: 0, sums: [] });

/** Adds a step's result to the totals. */
export function addResult(totals: Totals, { loss, sums, samples }: StepResult, measures: Measures): void {
  const { metrics, widths } = measures;
  totals.steps++;
  totals.samples += samples;
  totals.loss += loss * samples;
  let at = 0;
  for (const [i, metric] of metrics.entries()) {
    totals.sums[i] = merged(metric, totals.sums[i], sums.slice(at, at + widths[i]));
    at += widths[i];
  }
}

/** The mean of the loss over all samples, and each metric. */
export function meansOf({ samples, loss, sums }: Totals, { metrics }: Measures): Record<string, number> {
  const means: Record<string, number> = { loss: loss / samples };
  for (const [i, metric] of metrics.entries()) means[metric.name] = metric.result(sums[i] ?? [], samples);
  return means;
}
