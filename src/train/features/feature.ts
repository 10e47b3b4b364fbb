/** A feature of `fit`: a callback of the loop's own, which may also change what a step does. */
import type { Tensor } from "../../tensor/tensor.ts";
import type { BatchLogs, Callback } from "../callback.ts";
import type { FeatureOptions } from "../modelOptions.ts";
import type { Position } from "../position.ts";
import type { StepResult } from "../results.ts";
import type { Variant } from "../steps.ts";
import type { Training } from "../training.ts";

/** The hooks of callbacks and these, all optional. */
export interface Feature extends Callback {
  /** Changes the compiled training step. Two features must not change the same thing. */
  readonly variant?: Variant;
  /** The position to begin at, given that of the features before. May change weights and optimizer. */
  begin?(position: Position): Position | Promise<Position>;
  /** Called once all participants, features and callbacks, have seen `onTrainBegin`. */
  onBegun?(participants: readonly Callback[]): void;
  /** The weight of each sample of a batch in the loss, given that of the dataset or of the features before. */
  weigh?(targets: Tensor, weights: Tensor | undefined): Tensor;
  /** Called after each step, as a part of it: nothing is saved in between. */
  afterStep?(samples: number): void | Promise<void>;
  /** Called after the last step of an epoch, before validation: nothing is saved in between. */
  afterSteps?(): void | Promise<void>;
  /** What it adds to the logs of a step. */
  logs?(result: StepResult): Partial<BatchLogs>;
}

/**
 * Makes the feature where the options ask for it. Nothing outside it changes yet.
 * @throws HeddleError when options do not fit together
 */
export type FeatureOf = (training: Training, options: FeatureOptions) => Feature | undefined;
