/** Models and weights from files. Apart from saving, as it imports every layer and optimizer. */
import { fail } from "../base/errors.ts";
import { readSafetensors } from "../io/safetensors.ts";
import { openStore, type StoreLike } from "../io/stores.ts";
import { fromConfig } from "../nn/fromConfig.ts";
import type { Layer } from "../nn/module.ts";
import { optimizerFromConfig } from "../optim/fromConfig.ts";
import type { MetricName } from "./metrics.ts";
import { Model } from "./model.ts";
import { match, openCheckpoint, restore } from "./save.ts";

/**
 * The model that `model.save` wrote: network, weights, optimizer with its state, loss and metrics by name, and the
 * state of the random numbers, so that training goes on as if it had not stopped.
 *
 * @throws HeddleError when the file is missing, corrupt, or holds a custom class: build that one, then `model.load`
 */
export async function loadModel(source: StoreLike): Promise<Model<MetricName>> {
  const checkpoint = await openCheckpoint(source);
  const { net: config, loss, metrics, regularizer, epochs } = checkpoint.model;
  if (!config)
    fail("loadModel", "the file holds weights of a custom class: build the network, then model.load(…)");
  const net = fromConfig(config);
  const optimizer = checkpoint.optimizer && optimizerFromConfig(checkpoint.optimizer.config);
  restore(checkpoint, net, optimizer);
  return new Model(net, { optimizer, loss, metrics, regularizer }, epochs);
}

/** Which names of a file and a network met. */
export interface LoadReport {
  readonly matched: readonly string[];
  /** In the network alone. */
  readonly missing: readonly string[];
  /** In the file alone. */
  readonly unexpected: readonly string[];
}

/**
 * Reads weights by name into a network whose shapes are known.
 *
 * @param options.strict an error unless all names meet; default true
 * @throws HeddleError when a shape differs; nothing was changed then
 */
export async function loadWeights(
  net: Layer,
  source: StoreLike,
  { strict = true }: { strict?: boolean } = {},
): Promise<LoadReport> {
  if (!net.isBuilt) fail("loadWeights", `shapes of ${net.type} are not known: give inputShape or call build`);
  const { tensors } = readSafetensors(await openStore(source).read());
  const weights = new Map([...tensors].filter(([name]) => !name.startsWith("optimizer/")));
  const { matched, missing, unexpected } = match(net, weights);
  if (strict && missing.length > 0) fail("loadWeights", `the file lacks ${missing.join(", ")}`);
  if (strict && unexpected.length > 0) fail("loadWeights", `the network has no ${unexpected.join(", ")}`);
  const paths = new Map([...net.state()].map(([path, variable]) => [variable, path]));
  for (const [variable, { data }] of matched) variable.load(data);
  return { matched: [...matched.keys()].map((v) => paths.get(v)!), missing, unexpected };
}
