/** A network with an optimizer, a loss and metrics: trains, evaluates, predicts, saves. */
import { fail } from "../base/errors.ts";
import type { ValuesOf } from "../base/options/schema.ts";
import type { ColumnSource } from "../data/column.ts";
import { Dataset, dataset, type Sample } from "../data/dataset.ts";
import type { StoreLike } from "../io/stores.ts";
import { type Layer, Module } from "../nn/module.ts";
import type { RegularizerLike } from "../nn/regularizers.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Logs } from "./callback.ts";
import { evaluate, predict } from "./evaluate.ts";
import { begin, train, validationName } from "./fit.ts";
import { atLeast, buildFor, checkNotEmpty, samplesOf, type TrainingData } from "./input.ts";
import { checkLoss, type LossLike, lossName } from "./losses.ts";
import { type MetricLike, metricName, type NameOf } from "./metrics.ts";
import {
  type EvaluateOptions,
  evaluateOptions,
  type FeatureOptions,
  type FitOptions,
  fitOptions,
  type ModelOptions,
  modelOptions,
  type PredictOptions,
  predictOptions,
} from "./modelOptions.ts";
import { type KnownPosition, newPosition } from "./position.ts";
import type { LastTraining } from "./snapshot.ts";
import { compileSteps, type Steps } from "./steps.ts";
import type { Training } from "./training.ts";

type Measured<M> = "loss" | NameOf<M>;

type Validated<M> = `val${Capitalize<Measured<M>>}`;

/**
 * An entry per epoch for each name; `stepLoss` has one per step. Without validation the `val…` lists are empty. With
 * `validateEvery`, `stepValLoss` and the like have an entry per validation.
 */
export type History<M = never> = {
  readonly [K in Measured<M> | Validated<M> | "stepLoss"]: readonly number[];
} & { readonly [K in `step${Capitalize<Validated<M>>}`]?: readonly number[] };

/** Means over all samples. */
export type Evaluated<M = never> = { readonly [K in Measured<M>]: number };

/** A network with what trains it. Made by {@link createModel}. */
export class Model<M extends MetricLike = never> {
  /** The network. */
  readonly net: Layer;
  #options: {
    optimizer: Optimizer | undefined;
    loss: LossLike | undefined;
    metrics: readonly M[];
    regularizer: RegularizerLike | undefined;
  };
  #steps: Steps;
  #last: LastTraining;
  #isTraining = false;

  /** @internal Use {@link createModel}. */
  constructor(net: Layer, options: ModelOptions<M>, position?: KnownPosition) {
    if (!(net instanceof Module)) fail("createModel", `the network must be a module: got ${typeof net}`);
    modelOptions.read("createModel", options);
    const { optimizer, loss, metrics = [], regularizer } = options;
    this.net = net;
    this.#last = { position: newPosition(position) };
    this.#options = checked({ optimizer, loss, metrics, regularizer });
    this.#steps = compileSteps(net, this.#options);
  }

  /** What updates the weights. */
  get optimizer(): Optimizer | undefined {
    return this.#options.optimizer;
  }

  /** What training makes small. */
  get loss(): LossLike | undefined {
    return this.#options.loss;
  }

  /** What is measured besides the loss. */
  get metrics(): readonly M[] {
    return this.#options.metrics;
  }

  /** Epochs trained so far. */
  get epochs(): number {
    return this.#last.position.trained;
  }

  /** Changes what is given: another optimizer after unfreezing, another loss. */
  compile(options: ModelOptions<M>): this {
    modelOptions.read("compile", options);
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    this.#options = checked({ ...this.#options, ...given });
    this.#steps.dispose();
    this.#steps = compileSteps(this.net, this.#options);
    return this;
  }

  /** A table of the layers, their output shapes and parameters. */
  summary(): string {
    return this.net.summary();
  }

  /**
   * Trains on a dataset or on [x, y]. A third column holds a weight per sample: its loss is multiplied by it, metrics
   * are not.
   *
   * @example
   * const history = await model.fit([x, y], { epochs: 5, validationSplit: 0.1 });
   * @throws HeddleError when data, shapes, labels or options are wrong; what `signal` was aborted with
   */
  async fit(data: TrainingData, options: FitOptions = {}): Promise<History<M>> {
    const values = fitOptions.read("fit", options);
    if (this.#isTraining) fail("fit", "the model is being trained already");
    this.#isTraining = true;
    try {
      const [training, featureOptions] = await this.#training(data, values);
      const run = await begin(training, featureOptions);
      this.#last = run;
      // Lists are kept by names that are strings; M knows which.
      return (await train(training, run)) as unknown as History<M>;
    } finally {
      this.#isTraining = false;
    }
  }

  async #training(
    data: TrainingData,
    options: ValuesOf<typeof fitOptions>,
  ): Promise<[Training, FeatureOptions]> {
    const { epochs, initialEpoch, batchSize, shuffle, workers, ...others } = options;
    const { callbacks, signal, validationData, validationSplit, ...featureOptions } = others;
    atLeast("fit", "epochs", epochs, initialEpoch);
    const { optimizer, loss } = this;
    if (!optimizer || !loss) fail("fit", "the model needs an optimizer and a loss: call compile");
    const [samples, held] = await split(data, validationData, validationSplit);
    buildFor(this.net, samples);
    const measures = await this.#steps.ready();
    const training: Training = {
      model: this,
      steps: this.#steps,
      loss,
      measures,
      data: samples,
      classes: this.#classes(),
      batchSize,
      shuffle,
      workers,
      epochs,
      initialEpoch,
      callbacks,
      signal,
      validate: held && (() => this.#validate(held, { batchSize, signal })),
      last: this.#last,
    };
    return [training, featureOptions];
  }

  async #validate(data: TrainingData, options: EvaluateOptions): Promise<Logs> {
    const results = Object.entries(await this.evaluate(data, options));
    return Object.fromEntries(results.map(([name, value]) => [validationName(name), value]));
  }

  /** Loss and metrics over a dataset or [x, y], in evaluation mode. */
  async evaluate(data: TrainingData, options: EvaluateOptions = {}): Promise<Evaluated<M>> {
    const { batchSize, signal } = evaluateOptions.read("evaluate", options);
    if (!this.loss) fail("evaluate", "the model needs a loss: call compile");
    const samples = await samplesOf("evaluate", data);
    buildFor(this.net, samples);
    const found = await evaluate({
      steps: this.#steps,
      loss: this.loss,
      measures: await this.#steps.ready(),
      data: samples,
      classes: this.#classes(),
      batchSize,
      signal,
    });
    // Means come by names that are strings; M knows which.
    return found as unknown as Evaluated<M>;
  }

  /** The network's output for each sample of a tensor, an array or a dataset (its first column), as one tensor. */
  async predict(x: ColumnSource | Dataset<Sample>, options: PredictOptions = {}): Promise<Tensor> {
    const { batchSize } = predictOptions.read("predict", options);
    if (x instanceof Tensor && x.rank > 0 && x.shape[0] <= batchSize) return this.#steps.predict(x);
    const data = x instanceof Dataset ? x : dataset([x]);
    return predict(this.#steps, await checkNotEmpty("predict", data), batchSize);
  }

  /**
   * The network's output at once.
   * @throws HeddleError unless `await setDevice("wasm")` has made this thread the device, and nothing is pending
   */
  predictSync(x: Tensor): Tensor {
    return this.#steps.predict.sync(x);
  }

  /**
   * Writes weights, running statistics, optimizer and random state as safetensors; of built-in layers the
   * architecture too, so that `loadModel` makes the model again; and where the last training stands, so that `fit` with
   * `resume` goes on exactly there: call it between steps, from a callback or after a training, or at any time while
   * one runs. A failed save leaves the old content.
   */
  async save(store: StoreLike): Promise<void> {
    const { writeCheckpoint } = await import("./save.ts");
    await writeCheckpoint(store, this.net, this.#options, this.#last);
  }

  /** Reads what {@link save} wrote into this model: weights, and with an optimizer of the same type its state. */
  async load(source: StoreLike): Promise<this> {
    const { readCheckpoint } = await import("./save.ts");
    this.#last = { position: newPosition(await readCheckpoint(source, this.net, this.optimizer)) };
    return this;
  }

  /** Frees the compiled steps; a later call compiles again. Weights live until nothing refers to the network. */
  dispose(): void {
    this.#steps.dispose();
  }

  #classes(): number | undefined {
    return lossName(this.loss) === "sparseCategoricalCrossentropy"
      ? this.net.outputShape().at(-1)
      : undefined;
  }
}

interface Checkable {
  readonly loss: LossLike | undefined;
  readonly metrics: readonly MetricLike[];
  readonly regularizer: RegularizerLike | undefined;
}

/** @throws HeddleError when a loss or a metric does not exist */
function checked<O extends Checkable>(options: O): O {
  if (options.loss !== undefined) checkLoss(options.loss);
  for (const metric of options.metrics) metricName(metric);
  return options;
}

/** Samples to train on, and to validate with. */
async function split(
  data: TrainingData,
  validationData: TrainingData | undefined,
  fraction: number | undefined,
) {
  const all = await samplesOf("fit", data);
  if (validationData) return [all, await samplesOf("validationData", validationData)] as const;
  if (fraction === undefined) return [all] as const;
  const [train, validation] = all.split(1 - fraction, { shuffle: false });
  return [await checkNotEmpty("fit", train), await checkNotEmpty("validationSplit", validation)] as const;
}

/**
 * Joins a network with what trains it.
 *
 * @example
 * const model = createModel(net, { optimizer: adam(), loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
 */
export const createModel = <const M extends MetricLike = never>(
  net: Layer,
  options: ModelOptions<M> = {},
): Model<M> => new Model(net, options);
