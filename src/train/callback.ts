/** What `fit` tells while it trains. Every method may be async: training waits for it. */
import type { HostTensor } from "../base/host.ts";
import type { StoreLike } from "../io/stores.ts";
import type { Layer } from "../nn/module.ts";
import type { Optimizer } from "../optim/optimizer.ts";

/** What callbacks may use of a model. */
export interface TrainedModel {
  /** The network. */
  readonly net: Layer;
  /** What updates its weights. */
  readonly optimizer: Optimizer | undefined;
  /** Writes the model to a place. */
  save(store: StoreLike): Promise<void>;
}

/** The training in progress. */
export interface TrainingRun {
  /** What is trained. */
  readonly model: TrainedModel;
  /** Epochs end before this one. */
  readonly epochs: number;
  /** Samples in an epoch. */
  readonly samples: number;
  /** Steps in an epoch. */
  readonly steps: number;
  /**
   * Ends the training after this step. An epoch that it cuts short is not in the history; `fit` with `resume` goes on
   * in its middle.
   */
  stop(reason: string): void;
}

/** Means over the samples by name: `loss`, metrics, and after validation `valLoss` and the like. */
export type Logs = Readonly<Record<string, number>>;

/** One step of an epoch. */
export interface BatchLogs {
  /** The epoch, counted from 0. */
  readonly epoch: number;
  /** The step's index in its epoch: it counts from 0 and restarts with each epoch, as `batch` of Keras does. */
  readonly step: number;
  /** Samples in the batch. */
  readonly samples: number;
  /** The loss of this batch. */
  readonly loss: number;
  /** Means over the epoch so far. */
  readonly means: Logs;
  /** The path of the first layer whose output was infinite or NaN, where a callback watches layers. */
  readonly brokenLayer?: string | undefined;
}

/** A place between two steps. */
export interface Pause {
  /** Counts from 0. */
  readonly epoch: number;
  /** Steps of the epoch so far; all of them at its end. */
  readonly step: number;
}

type Plain = string | number | boolean | null | undefined | readonly Plain[];

/** The state of a callback, by which it goes on in another process: plain values, and tensors on the host. */
export type CallbackState = Readonly<Record<string, Plain | HostTensor>>;

/** How a training ended. */
export interface TrainingEnd {
  /** Losses and metrics by epoch. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** What was given to `stop`. */
  readonly stopReason: string | undefined;
  /** What ended the training early: an abort, an error. */
  readonly error: unknown;
}

/** What training tells as it goes on; every method is optional. */
export interface Callback {
  /** Asks for `brokenLayer` of every batch, which costs a look at each layer's output. */
  readonly watchesLayers?: boolean;
  /** Steps of the training between two calls of `onPause` within epochs. Default: it is called after epochs alone. */
  readonly pauseEvery?: number;
  /** The name of its state in checkpoints. */
  readonly name?: string;
  /** Called before the first step. */
  onTrainBegin?(run: TrainingRun): void | Promise<void>;
  /** Epochs count from 0. */
  onEpochBegin?(epoch: number, run: TrainingRun): void | Promise<void>;
  /** Results are read some steps behind, several at a time. */
  onBatchEnd?(logs: readonly BatchLogs[], run: TrainingRun): void | Promise<void>;
  /** Called after each epoch and its validation. */
  onEpochEnd?(epoch: number, logs: Logs, run: TrainingRun): void | Promise<void>;
  /**
   * Called between two steps, when all results so far were reported, every `pauseEvery` steps; and after an epoch, when
   * all callbacks have seen its end. A model that is saved here is whole.
   */
  onPause?(at: Pause, run: TrainingRun): void | Promise<void>;
  /** Validation within the epoch, for `validateEvery`: `valLoss` and the like. */
  onValidation?(at: Pause, logs: Logs, run: TrainingRun): void | Promise<void>;
  /** Its state as it is when this is called, for a checkpoint to keep. Needs a `name`. */
  state?(): CallbackState | Promise<CallbackState>;
  /** Goes on from what `state` gave; called after `onTrainBegin`. */
  restore?(state: CallbackState): void;
  /** Called however the training ends, also when another callback throws here. */
  onTrainEnd?(end: TrainingEnd, run: TrainingRun): void | Promise<void>;
}
