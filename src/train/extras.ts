/** What `fit` does for those who ask: class weights, accumulation, resuming, a bar. A chunk of its own. */
import { fail } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { accumulation } from "./accumulation.ts";
import type { Callback } from "./callback.ts";
import { type ClassWeights, classWeigher } from "./classWeights.ts";
import type { Training } from "./fit.ts";
import type { Position } from "./position.ts";
import { progress } from "./progress.ts";
import { type ResumeFrom, resumed } from "./resume.ts";
import type { Steps } from "./steps.ts";
import { validation } from "./validation.ts";
import { watching } from "./watching.ts";

export interface Extras {
  /**
   * Evaluates the validation data also after every so many steps of the training, counted over its epochs. The results
   * go to the callbacks' `onValidation`, and to `stepValLoss` and the like of the history. Default: after epochs alone.
   */
  validateEvery?: number;
  /**
   * Adds up the gradients of so many batches, then updates by their mean over the samples: as a batch that is so much
   * larger, in the memory of one, but for layers that look at the whole batch, such as batch norm. An epoch's last
   * group has what is left. Steps, logs and `everySteps` count batches; the optimizer's `iterations` and its schedule
   * count updates. Default 1.
   */
  accumulateSteps?: number;
  /** How much the samples of each class count in the training loss. Default: all the same. */
  classWeight?: ClassWeights;
  /**
   * Goes on exactly where the training in this store stopped, also in the middle of an epoch; starts anew while the
   * store holds nothing. With `true`, goes on from where this model stands: after an abort or a stop, or as it was
   * loaded. Give the same data and options; the history is that of the whole training. Default: a new training of the
   * model as it is.
   */
  resume?: ResumeFrom;
  /**
   * Threads that assemble and augment the batches; training is the same, bit by bit. For datasets of columns and
   * augmentations: closures of `map` cannot travel. Default 0.
   */
  workers?: number;
  /** Shows a progress bar. Default false. */
  verbose?: boolean;
}

/** What the model lends. */
export interface Parts {
  readonly steps: Steps;
  /** Where the model's last training stands. */
  readonly last: Position;
  /** Whether there is something to validate with. */
  readonly validates: boolean;
}

/** @throws HeddleError when options do not fit together, or what is resumed was trained in another way */
export async function extended(
  plain: Training,
  extras: Extras,
  { steps, ...parts }: Parts,
): Promise<Training> {
  const { validateEvery, accumulateSteps = 1, classWeight, resume = false, workers, verbose } = extras;
  if (validateEvery !== undefined && !parts.validates) {
    fail("fit", "validateEvery needs validationData or validationSplit");
  }
  let training: Training = workers ? { ...plain, workers } : plain;
  /** Before those of the user, which see what these do. */
  const add = (callback: Callback): void => {
    training = { ...training, callbacks: [callback, ...training.callbacks] };
  };
  if (classWeight) training = { ...training, weigh: weigher(plain, classWeight) };
  const watched = plain.callbacks.some((c) => c.watchesLayers) ? watching(steps) : undefined;
  if (watched) training = { ...training, step: watched.step, brokenIn: watched.brokenIn };
  if (accumulateSteps > 1) {
    const { step, finishEpoch, callback } = accumulation(
      plain.model,
      steps,
      accumulateSteps,
      watched?.observe,
    );
    training = { ...training, step, finishEpoch };
    add(callback);
  }
  if (verbose) add(progress());
  if (resume !== false) training = await resumed(training, resume, parts.last);
  if (validateEvery !== undefined) add(validation(training, validateEvery));
  return training;
}

/** Weights of the samples' classes, times those given. */
function weigher({ model: { net }, loss }: Training, classWeight: ClassWeights) {
  const ofClasses = classWeigher(classWeight, loss, net.outputShape().at(-1) ?? 1);
  return (targets: Tensor, given: Tensor | undefined): Tensor => {
    const weights = ofClasses(targets);
    return given ? weights.mul(given.reshape(weights.shape)) : weights;
  };
}
