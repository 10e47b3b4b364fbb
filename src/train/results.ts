/** Results of steps, read in bulk while later steps run, and what they come to over the samples. */
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
  readonly #unreported: Promise<readonly StepResult[]>[];
  #lastRead = performance.now();
  readonly #report: (results: readonly StepResult[]) => void | Promise<void>;

  /** @param earlier results that are reported first */
  constructor(
    report: (results: readonly StepResult[]) => void | Promise<void>,
    earlier: readonly Promise<readonly StepResult[]>[] = [],
  ) {
    this.#report = report;
    this.#unreported = [...earlier];
  }

  /** Takes over a step's result. */
  async add(values: Tensor, samples: number): Promise<void> {
    this.#pending.push({ values, samples });
    const isDue = performance.now() - this.#lastRead > READ_INTERVAL || this.#pending.length >= READ_LIMIT;
    if (!isDue) return;
    this.unreported();
    // The reads before have had time to arrive.
    await this.#advance(1);
  }

  /** Reports all that is left. */
  async finish(): Promise<void> {
    this.unreported();
    await this.#advance(0);
  }

  /** Reads all that is left, and shows what was read but not reported, in order. */
  unreported(): readonly Promise<readonly StepResult[]>[] {
    this.#lastRead = performance.now();
    const reading = Promise.all(this.#pending.splice(0).map(read));
    // Reported where it is awaited.
    reading.catch(() => {});
    this.#unreported.push(reading);
    return this.#unreported;
  }

  /** Reports reads until `left` of them are. */
  async #advance(left: number): Promise<void> {
    while (this.#unreported.length > left) {
      const results = await this.#unreported[0];
      this.#unreported.shift();
      if (results.length > 0) await this.#report(results);
    }
  }
}

async function read({ values, samples }: { values: Tensor; samples: number }): Promise<StepResult> {
  const [loss, ...sums] = await values.data();
  values.dispose();
  return { loss, sums, samples };
}

/** What results come to so far. */
export interface Totals {
  steps: number;
  samples: number;
  loss: number;
  /** Of each metric. */
  readonly sums: (readonly number[] | undefined)[];
}

/** All samples so far: the mean of the loss, and each metric. */
export class Means {
  /** @param totals go on from there, and are kept up to date */
  constructor(
    readonly measures: Measures,
    readonly totals: Totals = { steps: 0, samples: 0, loss: 0, sums: [] },
  ) {}

  add({ loss, sums, samples }: StepResult): void {
    const { metrics, widths } = this.measures;
    const { totals } = this;
    totals.steps++;
    totals.samples += samples;
    totals.loss += loss * samples;
    let at = 0;
    for (const [i, metric] of metrics.entries()) {
      totals.sums[i] = merged(metric, totals.sums[i], sums.slice(at, at + widths[i]));
      at += widths[i];
    }
  }

  values(): Record<string, number> {
    const { samples, loss, sums } = this.totals;
    const found: Record<string, number> = { loss: loss / samples };
    for (const [i, metric] of this.measures.metrics.entries()) {
      found[metric.name] = metric.result(sums[i] ?? [], samples);
    }
    return found;
  }
}
