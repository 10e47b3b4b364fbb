/** Regularisers: what large weights add to the loss. Plain data, or a function of your own of the weights. */
import { fail } from "../base/errors.ts";
import { notNegative } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { type Shape, showShape } from "../base/shape.ts";
import { show } from "../base/show.ts";
import { Tensor } from "../tensor/tensor.ts";

const rates = options({
  /** Factor of Σ|w|. Default 0. */
  l1: notNegative(0),
  /** Factor of Σw². Default 0. */
  l2: notNegative(0),
});

/** l1·Σ|w| + l2·Σw² */
export interface Regularizer extends Readonly<OptionsOf<typeof rates>> {}

/** Files keep the first; a function gives a scalar. */
export type RegularizerLike = Regularizer | ((weights: Tensor) => Tensor);

/** rate·Σ|w|, which drives weights to 0 (Tibshirani 1996). Default 0.01, as in Keras. */
export const l1 = (rate = 0.01): Regularizer => ({ l1: checked("l1", rate) });

/** rate·Σw², which keeps weights small (Hoerl & Kennard 1970). Default 0.01, as in Keras. */
export const l2 = (rate = 0.01): Regularizer => ({ l2: checked("l2", rate) });

/** Both: the elastic net. Zou & Hastie 2005. Default 0.01 each. */
export const l1l2 = (given?: Partial<Regularizer>): Regularizer => elasticNet.read("l1l2", given);

const elasticNet = /* @__PURE__ */ options({ l1: notNegative(0.01), l2: notNegative(0.01) });
const oneRate = /* @__PURE__ */ options({ rate: notNegative(0.01) });

const checked = (where: string, rate: number): number => oneRate.read(where, { rate }).rate;

/** @throws HeddleError when it is neither a function nor what {@link l1}, {@link l2} and {@link l1l2} give */
export function checkRegularizer(where: string, like: RegularizerLike, name = "regularizer"): void {
  if (typeof like === "function") return;
  if (!(Object.hasOwn(Object(like), "l1") || Object.hasOwn(Object(like), "l2"))) {
    fail(where, `${name} must be l1(rate), l2(rate), l1l2({ l1, l2 }) or a function: got ${show(like)}`);
  }
  rates.read(where, like);
}

/** A parameter. */
interface Regularized {
  readonly regularizer?: RegularizerLike;
  readonly shape: Shape;
  readonly value: Tensor;
}

/**
 * What the parameters add to the loss by their own regularisers, and all of rank 2 and above (kernels, not biases or
 * scales) by `overall`; undefined when it is nothing. `createModel` adds it to the loss by itself.
 *
 * @example
 * const penalty = regularizers.penaltyOf(net.parameters(), regularizers.l2(1e-4));
 */
export function penaltyOf(parameters: readonly Regularized[], overall?: RegularizerLike): Tensor | undefined {
  const terms = parameters.flatMap((p) => {
    const applied = [p.regularizer, p.shape.length > 1 ? overall : undefined];
    return applied.flatMap((r) => (r ? penalties(r, p.value) : []));
  });
  return terms.length > 0 ? terms.reduce((a, b) => a.add(b)) : undefined;
}

function penalties(regularizer: RegularizerLike, weights: Tensor): Tensor[] {
  if (typeof regularizer === "function") {
    const penalty: unknown = regularizer(weights);
    if (penalty instanceof Tensor && penalty.rank === 0) return [penalty];
    const got = penalty instanceof Tensor ? showShape(penalty.shape) : show(penalty);
    fail("regularizer", `a function must give a scalar tensor, such as a sum: got ${got}`);
  }
  const { l1, l2 } = regularizer;
  return [...(l1 ? [weights.abs().sum().mul(l1)] : []), ...(l2 ? [weights.square().sum().mul(l2)] : [])];
}
