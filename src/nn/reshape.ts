/** Layers that rearrange each sample; the batch axis stays. */
import { fail } from "../base/errors.ts";
import { kind, type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import { type Shape, showShape } from "../base/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";

const lengths = /* @__PURE__ */ kind<Shape>((shape) =>
  Array.isArray(shape) &&
  shape.every((d) => Number.isInteger(d) && d >= -1) &&
  shape.filter((d) => d < 0).length < 2
    ? ""
    : "must be a list of lengths, of which one may be -1",
);

const reshapeOptions = options({
  /** Of one sample; one length may be −1: the elements that remain. */
  targetShape: required(lengths()),
});

/** Options of {@link reshape}. */
export interface ReshapeOptions extends OptionsOf<typeof reshapeOptions> {}

/** The layer that {@link reshape} makes. */
export class Reshape extends BuiltIn<ValuesOf<typeof reshapeOptions>> {
  constructor(options: ReshapeOptions) {
    super(reshapeOptions, options);
  }

  override get type(): string {
    return "reshape";
  }

  forward(x: Tensor): Tensor {
    return x.reshape([x.shape[0], ...this.options.targetShape]);
  }
}

const permutation = /* @__PURE__ */ kind<readonly number[]>((dims) => {
  if (!Array.isArray(dims)) return "must be a list of axes, counted from 1";
  const isRight = [...dims].sort((a, b) => a - b).every((d, i) => d === i + 1);
  return isRight ? "" : `must be a permutation of 1…${dims.length}`;
});

const permuteOptions = options({
  /** The order of the axes of one sample, counted from 1 as in Keras: [2, 1] swaps two. */
  dims: required(permutation()),
});

/** Options of {@link permute}. */
export interface PermuteOptions extends OptionsOf<typeof permuteOptions> {}

/** The layer that {@link permute} makes. */
export class Permute extends BuiltIn<ValuesOf<typeof permuteOptions>> {
  constructor(options: PermuteOptions) {
    super(permuteOptions, options);
  }

  override get type(): string {
    return "permute";
  }

  forward(x: Tensor): Tensor {
    const { dims } = this.options;
    if (x.rank !== dims.length + 1) {
      fail(this.type, `expects ${dims.length} axes beside the batch: got ${showShape(x.shape)}`);
    }
    return x.transpose([0, ...dims]);
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
