/** Models from files. Apart from saving, as it imports every layer and optimizer. */
import { fail } from "../base/errors.ts";
import type { StoreLike } from "../io/stores.ts";
import { fromConfig } from "../nn/fromConfig.ts";
import { optimizerFromConfig } from "../optim/fromConfig.ts";
import type { MetricName } from "./metrics.ts";
import { Model } from "./model.ts";
import { openCheckpoint, restore } from "./save.ts";

/**
 * The model that `model.save` wrote: network, weights, optimizer with its state, loss and metrics by name, the state of
 * the random numbers, and where the training stands: `fit` with `resume: true` goes on as if it had not stopped.
 *
 * @throws HeddleError when the file is missing, corrupt, or holds a custom class: build that one, then `model.load`
 */
export async function loadModel(source: StoreLike): Promise<Model<MetricName>> {
  const checkpoint = await openCheckpoint(source);
  const { net: config, loss, metrics, regularizer } = checkpoint.model;
  if (!config)
    fail("loadModel", "the file holds weights of a custom class: build the network, then model.load(…)");
  const net = fromConfig(config);
  const optimizer = checkpoint.optimizer && optimizerFromConfig(checkpoint.optimizer.config);
  restore(checkpoint, net, optimizer);
  return new Model(net, { optimizer, loss, metrics, regularizer }, checkpoint.position);
}
