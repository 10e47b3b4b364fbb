/** Where a training stands: with weights, optimizer and random state all that it takes to go on exactly. */
import type { Callback, CallbackState } from "./callback.ts";
import type { StepResult, Totals } from "./results.ts";

/** Lists by name: `loss`, metrics, `valLoss`, …, an entry per epoch; `stepLoss`, an entry per step. */
export type Lists = Record<string, number[]>;

/** How the data is walked through: a place in the middle of an epoch holds for these alone. */
export interface Walk {
  readonly samples: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
}

export interface Position {
  /** Epochs of the model, over all trainings: each has an order of its own. */
  trained: number;
  /** The epoch of this training that is in progress, or comes next. */
  epoch: number;
  /** Its steps so far. */
  step: number;
  /** What those steps come to, as far as reported. */
  totals?: Totals;
  readonly lists: Lists;
  /** Undefined before the first training. */
  walk?: Walk;
  /** How many numbers of a step belong to each metric. */
  widths?: readonly number[];
  /** Reads the results that are not in `totals` yet. */
  unreported?: () => readonly Promise<readonly StepResult[]>[];
  /** The step that is being enqueued: between steps all of this fits together. */
  running?: Promise<unknown>;
  callbacks: readonly Callback[];
  /** What callbacks of an earlier training kept, by name. */
  readonly states?: ReadonlyMap<string, CallbackState>;
}
