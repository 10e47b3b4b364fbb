/** Scaled dot-product attention of several heads. Vaswani et al. 2017. */
import { fail } from "../base/errors.ts";
import { count, flag, fraction } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import { showShape } from "../base/shape.ts";
import { arange } from "../tensor/create.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { Dense } from "./dense.ts";
import { Dropout } from "./dropout.ts";
import { type WeightOptions, weightOptions } from "./weighted.ts";

const multiHeadAttentionOptions = options({
  /** Heads that look in parallel. */
  numHeads: required(count()),
  /** Length of a head's queries and keys. */
  keyDim: required(count()),
  /** Length of a head's values. Default: `keyDim`. */
  valueDim: count(),
  /** Length of the output. Default: that of the query. */
  outputDim: count(),
  /** Fraction of the attention that is dropped in training. Default 0. */
  dropout: fraction(0),
  /** No position sees a later one. Default false. */
  causal: flag(false),
  ...weightOptions.entries,
});

/** Options of {@link multiHeadAttention}; those of weights hold for each projection. */
export interface MultiHeadAttentionOptions
  extends WeightOptions,
    OptionsOf<typeof multiHeadAttentionOptions> {}

/** Masked scores: the exponential is 0, and the number is finite on every device. */
const MASKED = -1e9;

/** The layer that {@link multiHeadAttention} makes. */
export class MultiHeadAttention extends BuiltIn<ValuesOf<typeof multiHeadAttentionOptions>> {
  /** Projects the query to all heads. */
  query!: Dense;
  /** Projects the keys to all heads. */
  key!: Dense;
  /** Projects the values to all heads. */
  value!: Dense;
  /** Projects the joined heads to the output. */
  output!: Dense;
  /** Of the attention, in training. */
  readonly dropout: Dropout;

  constructor(options: MultiHeadAttentionOptions) {
    super(multiHeadAttentionOptions, options);
    this.dropout = new Dropout({ rate: this.options.dropout });
  }

  override get type(): string {
    return "multiHeadAttention";
  }

  protected override setup(query: Tensor): void {
    const { numHeads, keyDim, valueDim = keyDim, outputDim = query.shape[2] } = this.options;
    this.#check(query);
    const { useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer } = this.options;
    const common = { useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer };
    const projection = (units: number): Dense => new Dense({ units, ...common });
    this.query = projection(numHeads * keyDim);
    this.key = projection(numHeads * keyDim);
    this.value = projection(numHeads * valueDim);
    this.output = projection(outputDim);
  }

  /**
   * @param query [batch, time, features]
   * @param value [batch, source, features]; default: the query (self-attention)
   * @param key as long as `value`; default: the value
   * @param mask [time, source], or with [batch] or [batch, heads] in front: true where a position may look
   */
  forward(query: Tensor, value: Tensor = query, key: Tensor = value, mask?: Tensor): Tensor {
    for (const x of [query, value, key]) this.#check(x);
    if (key.shape[1] !== value.shape[1]) {
      fail(this.type, `expects as many keys as values: got ${key.shape[1]} and ${value.shape[1]}`);
    }
    const { keyDim } = this.options;
    const q = this.#heads(this.query.apply(query)).mul(1 / Math.sqrt(keyDim));
    const k = this.#heads(this.key.apply(key));
    const v = this.#heads(this.value.apply(value));
    let scores = q.matmul(k.transpose([0, 1, 3, 2]));
    for (const seen of this.#masks(scores, mask)) scores = seen.where(scores, MASKED);
    const seen = this.dropout.apply(scores.softmax()).matmul(v);
    return this.output.apply(seen.transpose([0, 2, 1, 3]).flatten(2));
  }

  #check({ shape }: Tensor): void {
    if (shape.length !== 3) fail(this.type, `expects input [batch, time, features]: got ${showShape(shape)}`);
  }

  /** [batch, time, heads · length] → [batch, heads, time, length] */
  #heads(x: Tensor): Tensor {
    const [batch, time] = x.shape;
    return x.reshape([batch, time, this.options.numHeads, -1]).transpose([0, 2, 1, 3]);
  }

  #masks(scores: Tensor, mask: Tensor | undefined): Tensor[] {
    const [, , time, source] = scores.shape;
    const masks: Tensor[] = [];
    if (this.options.causal) masks.push(arange(source).lessEqual(arange(time).expandDims(1)));
    if (mask) {
      if (mask.rank < 2 || mask.rank > 4) {
        fail(
          this.type,
          `expects a mask [time, source], [batch, …] or [batch, heads, …]: got ${showShape(mask.shape)}`,
        );
      }
      masks.push((mask.rank === 3 ? mask.expandDims(1) : mask).cast("bool"));
    }
    return masks;
  }
}

/**
 * Each position of the query looks at all positions of the source: [batch, time, features] → [batch, time, outputDim].
 *
 * @throws HeddleError when an option is wrong; at the call when the lengths of key and value differ
 */
export const multiHeadAttention = (options: MultiHeadAttentionOptions): MultiHeadAttention =>
  new MultiHeadAttention(options);
