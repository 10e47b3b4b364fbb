/** Activations that few networks use, as arithmetic; the common ones are in `composites.ts`. */
import type { Node } from "../graph/node.ts";
import { elu, relu6, softplus } from "./composites.ts";
import { core as c } from "./core.ts";
import { abs, max, min } from "./elementwise/arithmetic.ts";
import { ge, lt } from "./elementwise/comparison.ts";
import { tanh } from "./elementwise/trigonometric.ts";

const SELU_SCALE = 1.050_700_987_355_480_5;
const SELU_ALPHA = 1.673_263_242_354_377_4;

/** The scaled elu that keeps mean 0 and variance 1. Klambauer et al. 2017. */
export const selu = (x: Node): Node => c.mul(elu(x, SELU_ALPHA), SELU_SCALE);

/** relu6(x + 3) / 6, a sigmoid of three lines. Howard et al. 2019; Keras since version 3. */
export const hardSigmoid = (x: Node): Node => c.div(relu6(c.add(x, 3)), 6);

/** x limited to [−1, 1]. Collobert 2004. */
export const hardTanh = (x: Node): Node => c.binary(min, c.binary(max, x, -1), 1);

/** x / (1 + |x|). Bergstra et al. 2009. */
export const softsign = (x: Node): Node => c.div(x, c.add(c.unary(abs, x), 1));

/** x · tanh(softplus(x)). Misra 2019. */
export const mish = (x: Node): Node => c.mul(x, c.unary(tanh, softplus(x)));

/** 1 from 0 on, 0 below; it has no gradient. Rosenblatt 1958. */
export const binaryStep = (x: Node): Node => c.cast(c.binary(ge, x, 0), "float32");

/** x above 0, `slope` · x below; the slopes broadcast. He et al. 2015. */
export const prelu = (x: Node, slope: Node): Node => c.where(c.binary(lt, x, 0), c.mul(x, slope), x);
