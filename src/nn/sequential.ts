/** Layers one after the other. */
import { fail } from "../base/errors.ts";
import { integer, shape } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { show } from "../base/show.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Layer, type LayerConfig, Module } from "./module.ts";

const sequentialOptions = options({
  /** Shape of one sample; fixes all shapes at once. Default: the first call fixes them. */
  inputShape: shape(),
  /** Of the initial values. Default: that of `setSeed`. */
  seed: integer(),
});

/** Options of {@link sequential}. */
export interface SequentialOptions extends OptionsOf<typeof sequentialOptions> {}

/** The layer that {@link sequential} makes. */
export class Sequential extends Module {
  /** In the order of their calls. */
  readonly layers: readonly Layer[];

  constructor(layers: readonly Layer[], options?: SequentialOptions) {
    super();
    const { inputShape, seed } = sequentialOptions.read("sequential", options);
    if (!Array.isArray(layers)) fail("sequential", `expects a list of layers: got ${show(layers)}`);
    for (const [i, layer] of layers.entries()) {
      if (!(layer instanceof Module)) fail("sequential", `layer ${i} must be a module: got ${show(layer)}`);
    }
    this.layers = [...layers];
    this.seed = seed;
    if (inputShape) this.build(inputShape);
  }

  override get type(): string {
    return "sequential";
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((y, layer) => layer.apply(y), x);
  }

  override config(): LayerConfig | undefined {
    const layers = this.layers.map((layer) => layer.config());
    if (layers.includes(undefined)) return undefined;
    const [inputShape] = this.inputShapes ?? [];
    return { type: this.type, layers, ...(inputShape && { inputShape }) };
  }
}

/** A network that hands each layer's output to the next. */
export const sequential = (layers: readonly Layer[], options?: SequentialOptions): Sequential =>
  new Sequential(layers, options);
