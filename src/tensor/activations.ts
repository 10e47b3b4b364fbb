/** Activations that are functions only, so that a program ships those it uses. */
import * as ops from "../ops/activations.ts";
import { core } from "../ops/core.ts";
import { asTensor, type TensorLike } from "./create.ts";
import { Tensor } from "./tensor.ts";

const floats = (x: TensorLike) => core.cast(asTensor(x).node, "float32");

/** The scaled elu that keeps mean 0 and variance 1. Klambauer et al. 2017. */
export const selu = (x: TensorLike): Tensor => new Tensor(ops.selu(floats(x)));
/** relu6(x + 3) / 6, as in Keras since version 3 and in PyTorch. */
export const hardSigmoid = (x: TensorLike): Tensor => new Tensor(ops.hardSigmoid(floats(x)));
/** x limited to [−1, 1]. */
export const hardTanh = (x: TensorLike): Tensor => new Tensor(ops.hardTanh(floats(x)));
/** x / (1 + |x|). */
export const softsign = (x: TensorLike): Tensor => new Tensor(ops.softsign(floats(x)));
/** x · tanh(softplus(x)), smooth and unbounded above. Misra 2019. */
export const mish = (x: TensorLike): Tensor => new Tensor(ops.mish(floats(x)));
/** 1 from 0 on, 0 below, float32. It has no gradient: what lies before it does not learn. */
export const binaryStep = (x: TensorLike): Tensor => new Tensor(ops.binaryStep(floats(x)));
/** x above 0, `slope` · x below; the slopes broadcast. He et al. 2015. */
export const prelu = (x: TensorLike, slope: TensorLike): Tensor =>
  new Tensor(ops.prelu(floats(x), floats(slope)));
