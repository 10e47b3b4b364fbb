/** Where a training stands, as plain data. What lives only while it runs is in `run.ts`. */
import type { CallbackState } from "./callback.ts";
import { noTotals, type StepResult, type Totals } from "./results.ts";

/** Lists by name: `loss`, metrics, `valLoss`, …, an entry per epoch; `stepLoss`, an entry per step. */
export type Lists = Record<string, number[]>;

/** How an epoch goes through the data: a position in the middle of an epoch is valid for this alone. */
interface Walk {
  readonly samples: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
}

/** With weights, optimizer and random state, all that a training needs to go on exactly. */
export interface Position {
  /** Epochs of the model, over all trainings: the samples have another order in each. */
  trained: number;
  /** The epoch of this training that is in progress, or comes next. */
  epoch: number;
  /** Steps of the epoch so far. */
  step: number;
  /** Sums over the epoch's steps whose results were reported to callbacks. */
  totals: Totals;
  /** Results of the epoch's other steps. While a training runs its reader holds them, and this list is empty. */
  results: readonly StepResult[];
  /** The history. */
  readonly lists: Lists;
  /** Undefined before the first training. */
  readonly walk?: Walk;
  /** How many numbers of a step belong to each metric. Empty before the first step. */
  widths: readonly number[];
  /** States of callbacks by name, as they were when this was saved. */
  readonly states: Readonly<Record<string, CallbackState>>;
}

/** What is known of a position, of a model that was never trained by `fit` the count of epochs alone. */
export type KnownPosition = Partial<Position> & Pick<Position, "trained">;

/** A position that has `known`, and stands at the beginning for the rest. */
export const newPosition = (known: KnownPosition = { trained: 0 }): Position => ({
  epoch: 0,
  step: 0,
  totals: noTotals(),
  results: [],
  lists: {},
  widths: [],
  states: {},
  ...known,
});
