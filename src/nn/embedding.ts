/** Vectors for the members of a vocabulary. */
import type { Tensor } from "../tensor/tensor.ts";
import type { InitializerLike } from "./initializers.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf, count } from "./options.ts";
import type { Parameter } from "./variable.ts";

export interface EmbeddingOptions {
  /** Size of the vocabulary: indices are 0 … inputDim − 1. */
  inputDim: number;
  /** Length of the vectors. */
  outputDim: number;
  /** Default `uniform`, ±0.05. */
  embeddingsInitializer?: InitializerLike;
}

export class Embedding extends Module {
  /** [inputDim, outputDim] */
  embeddings!: Parameter;

  constructor(readonly options: EmbeddingOptions) {
    super();
    count("embedding", "inputDim", options.inputDim);
    count("embedding", "outputDim", options.outputDim);
  }

  override get type(): string {
    return "embedding";
  }

  protected override setup(): void {
    const { inputDim, outputDim, embeddingsInitializer = "uniform" } = this.options;
    this.embeddings = this.parameter([inputDim, outputDim], { initializer: embeddingsInitializer });
  }

  forward(indices: Tensor): Tensor {
    return this.embeddings.value.take(indices.cast("int32"));
  }

  override config(): LayerConfig | undefined {
    return configOf(this.type, this.options);
  }
}

/**
 * A learned vector for each index: [batch, ...] of integers → [batch, ..., outputDim]. Bengio et al. 2003.
 *
 * @throws HeddleError when a size is no positive integer; when an index lies outside the vocabulary: at the call where
 * its values are known, else when the result is read
 */
export const embedding = (options: EmbeddingOptions): Embedding => new Embedding(options);
