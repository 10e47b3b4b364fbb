/** Standardisation that is part of the network: statistics are taken once from data and saved with the weights. */
import { fail } from "../base/errors.ts";
import type { NoOptions } from "../base/options/schema.ts";
import { type Shape, showShape } from "../base/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { Plain } from "./builtIn.ts";
import type { Variable } from "./variable.ts";

/** A batch of inputs, alone or in front of its targets. */
type Batch = Tensor | readonly [x: Tensor, ...others: unknown[]];

/** Data to take statistics from: a tensor, or batches, such as `dataset.batches({ batchSize })`. */
export type AdaptData = Tensor | Iterable<Batch> | AsyncIterable<Batch>;

/** Keeps constant features finite. */
const LEAST_SPREAD = 1e-7;

/** The layer that {@link normalization} makes. */
export class Normalization extends Plain {
  /** [features] */
  mean!: Variable;
  /** [features] */
  variance!: Variable;

  override get type(): string {
    return "normalization";
  }

  protected override setup(x: Tensor): void {
    if (x.rank < 2) fail(this.type, `expects input [batch, ..., features]: got ${showShape(x.shape)}`);
    const features = [x.shape[x.rank - 1]];
    this.mean = this.variable(features, { initializer: "zeros" });
    this.variance = this.variable(features, { initializer: "ones" });
  }

  forward(x: Tensor): Tensor {
    const [features] = this.mean.shape;
    if (x.shape[x.rank - 1] !== features) {
      fail(this.type, `expects ${features} features: got input ${showShape(x.shape)}`);
    }
    const spread = this.variance.value.sqrt().maximum(LEAST_SPREAD);
    return x.sub(this.mean.value).div(spread);
  }

  /**
   * Takes mean and variance of each feature (last axis) over all else.
   *
   * @throws HeddleError when there is no data, or its features are not those of the layer
   */
  async adapt(data: AdaptData): Promise<this> {
    const moments = new Moments();
    let shape: Shape | undefined;
    for await (const batch of data instanceof Tensor ? [data] : data) {
      const x = batch instanceof Tensor ? batch : batch[0];
      shape ??= x.shape;
      moments.add(await x.data(), x.shape[x.rank - 1]);
    }
    if (!shape || moments.count === 0) return fail(this.type, "adapt got no data");
    if (!this.isBuilt) this.build(shape.slice(1));
    if (moments.mean.length !== this.mean.shape[0]) {
      fail(this.type, `expects ${this.mean.shape[0]} features: got ${showShape(shape)}`);
    }
    this.mean.load(Float32Array.from(moments.mean));
    this.variance.load(Float32Array.from(moments.squares, (s) => s / moments.count));
    return this;
  }
}

/** Running mean and summed squared distance of each feature. Welford 1962. */
class Moments {
  count = 0;
  mean = new Float64Array(0);
  squares = new Float64Array(0);

  add(values: ArrayLike<number>, features: number): void {
    if (this.count === 0) {
      this.mean = new Float64Array(features);
      this.squares = new Float64Array(features);
    }
    for (let row = 0; row < values.length; row += features) {
      this.count++;
      for (let i = 0; i < features; i++) {
        const distance = values[row + i] - this.mean[i];
        this.mean[i] += distance / this.count;
        this.squares[i] += distance * (values[row + i] - this.mean[i]);
      }
    }
  }
}

/**
 * (x − mean) / standard deviation for each feature (last axis), by statistics that `await layer.adapt(data)` takes;
 * before that it passes its input on. The shape stays, nothing is learned.
 */
export const normalization = (options?: NoOptions): Normalization => new Normalization(options);
