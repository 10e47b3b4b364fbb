/** What a training is to do: everything that `fit` was told, checked and with its defaults. */
import type { Dataset } from "../data/dataset.ts";
import type { Callback, Logs, TrainedModel } from "./callback.ts";
import type { Weighted } from "./input.ts";
import type { LossLike } from "./losses.ts";
import type { LastTraining } from "./snapshot.ts";
import type { Measures, Steps } from "./steps.ts";

export interface Training {
  readonly model: TrainedModel;
  readonly steps: Steps;
  readonly loss: LossLike;
  readonly measures: Measures;
  readonly data: Dataset<Weighted>;
  /** Labels are checked to lie below this. */
  readonly classes: number | undefined;
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** Threads that make batches. */
  readonly workers: number;
  /** The epoch to end before. */
  readonly epochs: number;
  /** The number of the first epoch. */
  readonly initialEpoch: number;
  readonly callbacks: readonly Callback[];
  readonly signal: AbortSignal | undefined;
  /** Loss and metrics over the validation data, by their names in the logs; undefined where there are no such data. */
  readonly validate: (() => Promise<Logs>) | undefined;
  /** The model's training before this one. */
  readonly last: LastTraining;
}
