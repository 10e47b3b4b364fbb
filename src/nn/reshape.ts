/** Layers that rearrange each sample; the batch axis stays. */
import { fail } from "../base/errors.ts";
import { type Shape, showShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf } from "./options.ts";

export interface ReshapeOptions {
  /** Of one sample; one length may be −1: what remains. */
  targetShape: Shape;
}

export class Reshape extends Module {
  constructor(readonly options: ReshapeOptions) {
    super();
    const { targetShape: shape } = options;
    const isFine =
      shape.every((d) => Number.isInteger(d) && d >= -1) && shape.filter((d) => d < 0).length < 2;
    if (!isFine) fail("reshape", `targetShape holds lengths, one of them may be -1: got ${showShape(shape)}`);
  }

  override get type(): string {
    return "reshape";
  }

  forward(x: Tensor): Tensor {
    return x.reshape([x.shape[0], ...this.options.targetShape]);
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

export interface PermuteOptions {
  /** The order of the axes of one sample, counted from 1 as in Keras: [2, 1] swaps two. */
  dims: readonly number[];
}

export class Permute extends Module {
  constructor(readonly options: PermuteOptions) {
    super();
    const { dims } = options;
    if ([...dims].sort((a, b) => a - b).some((d, i) => d !== i + 1)) {
      fail("permute", `dims must be a permutation of 1…${dims.length}: got ${showShape(dims)}`);
    }
  }

  override get type(): string {
    return "permute";
  }

  forward(x: Tensor): Tensor {
    return x.transpose([0, ...this.options.dims]);
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

/**
 * [batch, ...] → [batch, ...targetShape], row-major.
 *
 * @throws HeddleError when the lengths are wrong; at the call when the numbers of elements differ
 */
export const reshape = (options: ReshapeOptions): Reshape => new Reshape(options);

/**
 * The axes of each sample in another order: `permute({ dims: [3, 1, 2] })` makes [batch, c, h, w] of [batch, h, w, c].
 *
 * @throws HeddleError when `dims` is no permutation; at the call when the input has other axes
 */
export const permute = (options: PermuteOptions): Permute => new Permute(options);
