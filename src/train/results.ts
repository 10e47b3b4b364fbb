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
  #reading: Promise<StepResult[]> | undefined;
  #lastRead = performance.now();
  readonly #report: (results: readonly StepResult[]) => void | Promise<void>;

  constructor(report: (results: readonly StepResult[]) => void | Promise<void>) {
    this.#report = report;
  }

  /** Takes over a step's result. */
  async add(values: Tensor, samples: number): Promise<void> {
    this.#pending.push({ values, samples });
    const isDue = performance.now() - this.#lastRead > READ_INTERVAL || this.#pending.length >= READ_LIMIT;
    if (isDue) await this.#advance();
  }

  /** Reports all that is left. */
  async finish(): Promise<void> {
    await this.#advance();
    await this.#advance();
  }

  /** Ends without reading on. */
  dispose(): void {
    for (const { values } of this.#pending) values.dispose();
    this.#pending = [];
  }

  /** Starts a read and reports the one before, which has had time to arrive. */
  async #advance(): Promise<void> {
    const arrived = this.#reading;
    this.#lastRead = performance.now();
    this.#reading = Promise.all(this.#pending.splice(0).map(read));
    // Reported where it is awaited.
    this.#reading.catch(() => {});
    const results = await arrived;
    if (results && results.length > 0) await this.#report(results);
  }
}

async function read({ values, samples }: { values: Tensor; samples: number }): Promise<StepResult> {
  const [loss, ...sums] = await values.data();
  values.dispose();
  return { loss, sums, samples };
}

/** All samples so far: the mean of the loss, and each metric. */
export class Means {
  #samples = 0;
  #loss = 0;
  readonly #sums: (readonly number[] | undefined)[] = [];

  constructor(readonly measures: Measures) {}

  add({ loss, sums, samples }: StepResult): void {
    const { metrics, widths } = this.measures;
    this.#samples += samples;
    this.#loss += loss * samples;
    let at = 0;
    for (const [i, metric] of metrics.entries()) {
      this.#sums[i] = merged(metric, this.#sums[i], sums.slice(at, at + widths[i]));
      at += widths[i];
    }
  }

  values(): Record<string, number> {
    const found: Record<string, number> = { loss: this.#loss / this.#samples };
    for (const [i, metric] of this.measures.metrics.entries()) {
      found[metric.name] = metric.result(this.#sums[i] ?? [], this.#samples);
    }
    return found;
  }
}
