/** From the values of a loss to one number: weights of samples, then the mean. */
import { fail } from "../../base/errors.ts";
import { oneOf } from "../../base/options/kinds.ts";
import { kind, type OptionsOf, options } from "../../base/options/schema.ts";
import { sameShape, showShape } from "../../base/shape.ts";
import { Tensor } from "../../tensor/tensor.ts";

const aTensor = kind<Tensor>((value) => (value instanceof Tensor ? "" : "must be a tensor"));

export const lossOptions = options({
  /** Multiplies the loss of each sample, [samples], before the mean over all samples, as in Keras. Default: none. */
  sampleWeight: aTensor(),
  /** `none` gives the values that the mean is taken of: one per sample, or more. Default `mean`. */
  reduction: oneOf("mean", "sum", "none")("mean"),
});

/** Options of every loss. */
export interface LossOptions extends OptionsOf<typeof lossOptions> {}

/** @throws HeddleError when there is not one weight per sample */
export function reduced(values: Tensor, { sampleWeight, reduction = "mean" }: LossOptions): Tensor {
  const weighted = sampleWeight ? values.mul(perSample(sampleWeight, values)) : values;
  return reduction === "none" ? weighted : weighted[reduction]();
}

/** Weights in a shape that broadcasts; they may also have that of the values. */
function perSample(weight: Tensor, values: Tensor): Tensor {
  const { shape } = values;
  if (sameShape(weight.shape, shape)) return weight;
  const column = [shape[0], ...shape.slice(1).map(() => 1)];
  return weight.size === shape[0] && weight.shape[0] === shape[0]
    ? weight.reshape(column)
    : fail("loss", `expects sample weights [${shape[0]}]: got ${showShape(weight.shape)}`);
}
