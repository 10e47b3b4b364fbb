/** Vectors for the members of a vocabulary. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options/kinds.ts";
import { type OptionsOf, options, required, type ValuesOf } from "../base/options/schema.ts";
import type { Storage } from "../runtime/storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import { initializerLike, regularizerLike } from "./options.ts";
import type { Parameter } from "./variable.ts";

const embeddingOptions = options({
  /** Size of the vocabulary: indices are 0 … inputDim − 1. */
  inputDim: required(count()),
  /** Length of the vectors. */
  outputDim: required(count()),
  /** Default `uniform`, ±0.05. */
  embeddingsInitializer: initializerLike("uniform"),
  /** The vectors' term in the loss. Default: none. */
  embeddingsRegularizer: regularizerLike(),
});

/** Options of {@link embedding}. */
export interface EmbeddingOptions extends OptionsOf<typeof embeddingOptions> {}

/** The layer that {@link embedding} makes. */
export class Embedding extends BuiltIn<ValuesOf<typeof embeddingOptions>> {
  /** [inputDim, outputDim] */
  embeddings!: Parameter;

  constructor(options: EmbeddingOptions) {
    super(embeddingOptions, options);
  }

  override get type(): string {
    return "embedding";
  }

  protected override setup(): void {
    const { inputDim, outputDim, embeddingsInitializer, embeddingsRegularizer } = this.options;
    this.embeddings = this.parameter([inputDim, outputDim], {
      initializer: embeddingsInitializer,
      regularizer: embeddingsRegularizer,
    });
  }

  forward(indices: Tensor): Tensor {
    const host = (indices.node.storage as Storage | undefined)?.host;
    const fraction = host?.find((v) => !Number.isInteger(v));
    if (fraction !== undefined) fail(this.type, `indices must be integers: got ${fraction}`);
    return this.embeddings.value.take(indices.cast("int32"));
  }
}

/**
 * A learned vector for each index: [batch, ...] of integers → [batch, ..., outputDim]. Bengio et al. 2003.
 *
 * @throws HeddleError when a size is no positive integer; when an index lies outside the vocabulary: at the call where
 * its values are known, else when the result is read
 */
export const embedding = (options: EmbeddingOptions): Embedding => new Embedding(options);
