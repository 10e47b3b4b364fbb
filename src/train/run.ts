/** What lives while a training runs: its participants, the reader of results, the step in progress, a request to stop. */
import type { BatchLogs, Callback, TrainedModel, TrainingRun } from "./callback.ts";
import type { Feature } from "./features/feature.ts";
import type { Position } from "./position.ts";
import { addResult, meansOf, ResultReader, type StepResult } from "./results.ts";
import type { Measures, Step } from "./steps.ts";
import type { Training } from "./training.ts";

export class Run implements TrainingRun {
  readonly model: TrainedModel;
  readonly epochs: number;
  readonly samples: number;
  readonly steps: number;
  /** Features, then callbacks, which thereby see what features did. */
  readonly participants: readonly Callback[];
  readonly step: Step;
  /** Hands the results of steps on, some steps behind. */
  readonly reader: ResultReader;
  /** The change of weights and position in progress: a save waits for it. */
  running: Promise<void> | undefined;
  stopReason: string | undefined;
  readonly #measures: Measures;

  /** @param position moves on with the training */
  constructor(
    { model, epochs, data, batchSize, callbacks, steps, measures }: Training,
    readonly features: readonly Feature[],
    readonly position: Position,
  ) {
    this.model = model;
    this.epochs = epochs;
    this.samples = data.length;
    this.steps = Math.ceil(data.length / batchSize);
    this.participants = [...features, ...callbacks];
    this.step = steps.train(Object.assign({}, ...features.map((f) => f.variant)));
    this.#measures = measures;
    // The first step finds the widths; results from a file are reported before it.
    if (measures.widths.length === 0) measures.widths.push(...position.widths);
    position.widths = measures.widths;
    this.reader = new ResultReader((results) => this.#report(results), position.results);
    position.results = [];
  }

  get isStopped(): boolean {
    return this.stopReason !== undefined;
  }

  readonly stop = (reason: string): void => {
    this.stopReason ??= reason;
  };

  /** Changes weights and position together. */
  async change(fn: () => Promise<void>): Promise<void> {
    this.running = fn();
    await this.running;
  }

  async #report(results: readonly StepResult[]): Promise<void> {
    const logs = results.map((result) => this.#logsOf(result));
    for (const p of this.participants) await p.onBatchEnd?.(logs, this);
  }

  #logsOf(result: StepResult): BatchLogs {
    const { epoch, lists, totals } = this.position;
    const step = totals.steps;
    addResult(totals, result, this.#measures);
    lists.stepLoss.push(result.loss);
    const { loss, samples } = result;
    const means = meansOf(totals, this.#measures);
    return Object.assign(
      { epoch, step, samples, loss, means },
      ...this.features.map((f) => f.logs?.(result)),
    );
  }
}
