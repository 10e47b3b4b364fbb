/** Vectors for the members of a vocabulary. */
import { fail } from "../base/errors.ts";
import { count } from "../base/options.ts";
import type { Storage } from "../runtime/storage.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { BuiltIn } from "./builtIn.ts";
import type { InitializerLike } from "./initializers.ts";
import { initializer, regularizer } from "./options.ts";
import type { RegularizerLike } from "./regularizers.ts";
import type { Parameter } from "./variable.ts";

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** Size of the vocabulary: indices are 0 … inputDim − 1. */
  inputDim: number;
  /** Length of the vectors. */
  outputDim: number;
  /** Default `uniform`, ±0.05. */
  embeddingsInitializer?: InitializerLike;
  /** What the vectors add to the loss. Default: nothing. */
  embeddingsRegularizer?: RegularizerLike;
}

/** The layer that {@link embedding} makes. */
export class Embedding extends BuiltIn<EmbeddingOptions> {
  /** [inputDim, outputDim] */
  embeddings!: Parameter;

  constructor(options: EmbeddingOptions) {
    super(
      options,
      {
        inputDim: count,
        outputDim: count,
        embeddingsInitializer: initializer,
        embeddingsRegularizer: regularizer,
      },
      ["inputDim", "outputDim"],
    );
  }

  override get type(): string {
    return "embedding";
  }

  protected override setup(): void {
    const { inputDim, outputDim, embeddingsInitializer = "uniform", embeddingsRegularizer } = this.options;
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
