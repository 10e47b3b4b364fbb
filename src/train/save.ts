/**
 * Models as safetensors files. Tensors are named by their path, those of the optimizer `optimizer/slot/path`; the
 * metadata holds JSON: `model` (architecture of built-in layers, loss, metrics), `optimizer`, `random`, and after a
 * training `training`, its position.
 */
import { fail } from "../base/errors.ts";
import type { HostTensor } from "../base/host.ts";
import { sameShape, showShape } from "../base/shape.ts";
import { readSafetensors, type Safetensors, writeSafetensors } from "../io/safetensors.ts";
import { openStore, type StoreLike } from "../io/stores.ts";
import type { Layer, LayerConfig } from "../nn/module.ts";
import type { Regularizer, RegularizerLike } from "../nn/regularizers.ts";
import type { Variable } from "../nn/variable.ts";
import type { Optimizer, OptimizerConfig } from "../optim/optimizer.ts";
import { type RandomState, randomState, restoreRandomState } from "../runtime/random.ts";
import { tensor } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LossDescription, LossLike, LossName } from "./losses.ts";
import type { MetricLike, MetricName } from "./metrics.ts";
import type { KnownPosition } from "./position.ts";
import { PREFIX, readPosition, writePosition } from "./positionFile.ts";
import { betweenSteps, type LastTraining, snapshot } from "./snapshot.ts";

const FORMAT = "heddle-1";

/** What a file says beside tensors. */
interface ModelDescription {
  /** Undefined for custom classes. */
  readonly net: LayerConfig | undefined;
  readonly loss: LossName | LossDescription | undefined;
  readonly metrics: readonly MetricName[];
  readonly regularizer?: Regularizer;
  /** Trained so far. */
  readonly epochs: number;
}

interface OptimizerDescription {
  readonly config: OptimizerConfig;
  readonly iterations: number;
}

interface Trained {
  readonly optimizer: Optimizer | undefined;
  readonly loss: LossLike | undefined;
  readonly metrics: readonly MetricLike[];
  readonly regularizer: RegularizerLike | undefined;
}

/** Writes the model as it is between two steps. */
export async function writeCheckpoint(
  store: StoreLike,
  net: Layer,
  trained: Trained,
  last: LastTraining,
): Promise<void> {
  const place = openStore(store);
  if (!net.isBuilt)
    fail("save", `${net.type} has no weights yet: give inputShape, or build or train it first`);
  await betweenSteps(last);
  // Nothing is awaited before all values are asked for, so that they are of one moment.
  const { optimizer, loss, metrics, regularizer } = trained;
  const variables = net.state();
  const named = [...variables].map(([path, variable]) => [path, variable.value] as const);
  const slots = [...variables].flatMap(([path, variable]) =>
    [...(optimizer?.slots(variable) ?? [])].map(([slot, value]) => [slotName(slot, path), value] as const),
  );
  const description: ModelDescription = {
    net: net.config(),
    loss: typeof loss === "function" ? undefined : loss,
    metrics: metrics.filter((m) => typeof m === "string"),
    ...(typeof regularizer === "object" && { regularizer }),
    epochs: last.position.trained,
  };
  const metadata = {
    format: FORMAT,
    model: JSON.stringify(description),
    ...(optimizer && { optimizer: JSON.stringify(describeOptimizer(optimizer)) }),
    random: JSON.stringify(randomState()),
  };
  const reading = Promise.all([...named, ...slots].map(hosted));
  const position = await snapshot(last);
  const training = position.walk && writePosition(position);
  const tensors = [...(await reading), ...(training?.tensors ?? [])];
  await place.write(writeSafetensors(tensors, { ...metadata, ...(training && { training: training.text }) }));
}

/** Whether a tensor of a file belongs to the network. */
export const isWeight = (name: string): boolean => !name.startsWith("optimizer/") && !name.startsWith(PREFIX);

const slotName = (slot: string, path: string): string => `optimizer/${slot}/${path}`;

const describeOptimizer = (optimizer: Optimizer): OptimizerDescription => ({
  config: optimizer.config(),
  iterations: optimizer.iterations,
});

async function hosted([name, value]: readonly [string, Tensor]): Promise<[string, HostTensor]> {
  return [name, { data: await value.data(), shape: value.shape, dtype: value.dtype }];
}

/** A file of {@link writeCheckpoint}, taken apart. */
interface Checkpoint {
  readonly tensors: Safetensors["tensors"];
  readonly model: ModelDescription;
  readonly optimizer: OptimizerDescription | undefined;
  readonly random: RandomState;
  readonly position: KnownPosition;
}

/** @throws HeddleError when the file is corrupt or no model of Heddle's */
export async function openCheckpoint(source: StoreLike): Promise<Checkpoint> {
  const { tensors, metadata } = readSafetensors(await openStore(source).read());
  if (metadata.format !== FORMAT) {
    fail(
      "load",
      `the file is no model saved by heddle: its metadata says ${JSON.stringify(metadata.format)}`,
    );
  }
  try {
    const model: ModelDescription = JSON.parse(metadata.model);
    const { training } = metadata;
    return {
      tensors,
      model,
      optimizer: metadata.optimizer === undefined ? undefined : JSON.parse(metadata.optimizer),
      random: JSON.parse(metadata.random),
      position: training === undefined ? { trained: model.epochs } : readPosition(training, tensors),
    };
  } catch (cause) {
    return fail("load", `the file's description is damaged: ${(cause as Error).message}`);
  }
}

/** Reads a file into a network and its optimizer. Everything is checked before anything changes. */
export async function readCheckpoint(
  source: StoreLike,
  net: Layer,
  optimizer: Optimizer | undefined,
): Promise<KnownPosition> {
  const checkpoint = await openCheckpoint(source);
  restore(checkpoint, net, optimizer);
  return checkpoint.position;
}

export function restore(
  { tensors, model, optimizer: saved, random }: Checkpoint,
  net: Layer,
  optimizer?: Optimizer,
) {
  const [inputShape] = model.net ? [model.net.inputShape] : [];
  if (!net.isBuilt && Array.isArray(inputShape)) net.build(inputShape);
  const weights = new Map([...tensors].filter(([name]) => isWeight(name)));
  const { matched, missing, unexpected } = match(net, weights);
  if (missing.length > 0) fail("load", `the file lacks ${missing.join(", ")}`);
  if (unexpected.length > 0) fail("load", `the network has no ${unexpected.join(", ")}`);
  const slots = optimizer && saved?.config.type === optimizer.type ? slotsOf(tensors, net) : undefined;
  for (const [variable, values] of slots ?? []) optimizer?.checkSaved(variable.path, values);

  for (const [variable, { data }] of matched) variable.load(data);
  restoreRandomState(random);
  if (!optimizer || !saved || !slots) return;
  optimizer.resume(saved);
  for (const variable of net.state().values()) optimizer.restore(variable, slots.get(variable));
}

/** What of a file belongs to which variable. */
export function match(net: Layer, weights: ReadonlyMap<string, HostTensor>) {
  const variables = net.state();
  const matched = new Map<Variable, HostTensor>();
  for (const [path, variable] of variables) {
    const found = weights.get(path);
    if (!found) continue;
    if (!sameShape(found.shape, variable.shape) || found.dtype !== "float32") {
      const got = `${found.dtype} ${showShape(found.shape)}`;
      fail("load", `${path} is float32 ${showShape(variable.shape)}: got ${got} in the file`);
    }
    matched.set(variable, found);
  }
  return {
    matched,
    missing: [...variables.keys()].filter((path) => !weights.has(path)),
    unexpected: [...weights.keys()].filter((name) => !variables.has(name)),
  };
}

function slotsOf(tensors: Safetensors["tensors"], net: Layer): Map<Variable, Map<string, Tensor>> {
  const found = new Map<Variable, Map<string, Tensor>>();
  const variables = net.state();
  for (const [name, { data, shape, dtype }] of tensors) {
    const [prefix, slot, ...path] = name.split("/");
    const variable = prefix === "optimizer" && variables.get(path.join("/"));
    if (!variable) continue;
    if (!sameShape(shape, variable.shape))
      fail("load", `${name} is ${showShape(variable.shape)}: got ${showShape(shape)}`);
    found.set(variable, (found.get(variable) ?? new Map()).set(slot, tensor(data, { shape, dtype })));
  }
  return found;
}
