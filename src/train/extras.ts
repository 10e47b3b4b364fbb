/** What `fit` does for those who ask: validation, class weights, accumulation, resuming, a bar. A chunk of its own. */
import { fail } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { accumulation } from "./accumulation.ts";
import type { Callback, Logs } from "./callback.ts";
import { type ClassWeights, classWeigher } from "./classWeights.ts";
import { evaluate } from "./evaluate.ts";
import type { Training } from "./fit.ts";
import { atLeast, checkNotEmpty, samplesOf, type TrainingData } from "./input.ts";
import { type Position, validationName } from "./position.ts";
import { progress } from "./progress.ts";
import { type ResumeFrom, resumed } from "./resume.ts";
import type { Steps } from "./steps.ts";
import { validation } from "./validation.ts";
import { watching } from "./watching.ts";

export interface Extras {
  /** Evaluated after each epoch. */
  validationData?: TrainingData;
  /** Or this share of the data, from its end. */
  validationSplit?: number;
  /**
   * Evaluates the validation data also after every so many steps of the training, counted over its epochs. The results
   * go to the callbacks' `onValidation` and to `stepValLoss` and the like of the history. Default: after epochs alone.
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
   * loaded. Give the same data and options; what ends up in the history is all of the training. Default: a new
   * training of the model as it is.
   */
  resume?: ResumeFrom;
  /** Shows a progress bar. Default false. */
  verbose?: boolean;
}

/** What the model lends. */
export interface Parts {
  readonly steps: Steps;
  /** Where the model's last training stands. */
  readonly last: Position;
}

/** @throws HeddleError when an option is wrong, or what is resumed was trained in another way */
export async function extended(plain: Training, extras: Extras, { steps, last }: Parts): Promise<Training> {
  const { validateEvery, accumulateSteps = 1, classWeight, resume = false, verbose } = extras;
  const [data, held] = await split(plain, extras);
  if (validateEvery !== undefined) {
    atLeast("fit", "validateEvery", validateEvery, 1);
    if (!held) fail("fit", "validateEvery needs validationData or validationSplit");
  }
  let training: Training = { ...plain, data };
  /** Before those of the user, which see what these do. */
  const add = (callback: Callback): void => {
    training = { ...training, callbacks: [callback, ...training.callbacks] };
  };

  if (classWeight) training = { ...training, weigh: weigher(training, classWeight) };
  const watched = plain.callbacks.some((c) => c.watchesLayers) ? watching(steps) : undefined;
  if (watched) training = { ...training, step: watched.step, brokenIn: watched.brokenIn };
  if (atLeast("fit", "accumulateSteps", accumulateSteps, 1) > 1) {
    const { step, finishEpoch, callback } = accumulation(training, steps, accumulateSteps, watched?.observe);
    training = { ...training, step, finishEpoch };
    add(callback);
  }
  if (verbose) add(progress());
  if (resume !== false) training = await resumed(training, resume, last);
  if (held) {
    const { loss, measures, classes, batchSize, signal } = plain;
    const validate = async (): Promise<Logs> => {
      const found = await evaluate({ steps, loss, measures, data: held, classes, batchSize, signal });
      return Object.fromEntries(Object.entries(found).map(([name, value]) => [validationName(name), value]));
    };
    training = { ...training, validate };
    if (validateEvery) add(validation(training, validate, validateEvery));
  }
  return training;
}

/** Training samples and those held back. */
async function split({ data }: Training, { validationData, validationSplit }: Extras) {
  if (validationData) return [data, await samplesOf("validationData", validationData)] as const;
  if (validationSplit === undefined) return [data] as const;
  if (!(validationSplit > 0 && validationSplit < 1)) {
    fail("fit", `validationSplit must lie between 0 and 1: got ${validationSplit}`);
  }
  const [train, validation] = data.split(1 - validationSplit, { shuffle: false });
  return [await checkNotEmpty("fit", train), await checkNotEmpty("validationSplit", validation)] as const;
}

/** Weights of the samples' classes, times those given. */
function weigher({ model: { net }, loss }: Training, classWeight: ClassWeights) {
  const ofClasses = classWeigher(classWeight, loss, net.outputShape().at(-1) ?? 1);
  return (targets: Tensor, given: Tensor | undefined): Tensor => {
    const weights = ofClasses(targets);
    return given ? weights.mul(given.reshape(weights.shape)) : weights;
  };
}
