/** Results of steps, read in bulk while later steps run, and their means over the samples. */
import type { Tensor } from "../tensor/tensor.ts";

/** What one step gave: [loss, sum of metric, …] and how many samples it saw. */
export interface StepResult {
  readonly loss: number;
  /** Sums over the samples. */
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

/** Means over all samples so far: of the loss, and of each metric. */
export class Means {
  #samples = 0;
  #loss = 0;
  readonly #sums: number[];

  constructor(readonly metrics: readonly string[]) {
    this.#sums = metrics.map(() => 0);
  }

  add({ loss, sums, samples }: StepResult): void {
    this.#samples += samples;
    this.#loss += loss * samples;
    for (const [i, sum] of sums.entries()) this.#sums[i] += sum;
  }

  values(): Record<string, number> {
    const names = ["loss", ...this.metrics];
    const totals = [this.#loss, ...this.#sums];
    return Object.fromEntries(names.map((name, i) => [name, totals[i] / this.#samples]));
  }
}
