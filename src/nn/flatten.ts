/** One axis of features for each sample. */

import type { NoOptions } from "../base/options/schema.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Plain } from "./builtIn.ts";

/** [batch, ...] → [batch, features] */
export class Flatten extends Plain {
  override get type(): string {
    return "flatten";
  }

  forward(x: Tensor): Tensor {
    return x.rank === 1 ? x.expandDims(1) : x.flatten(1);
  }
}

/** One axis of all but the batch: [batch, ...] → [batch, features], row-major. */
export const flatten = (options?: NoOptions): Flatten => new Flatten(options);
