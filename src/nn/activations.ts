/** Activations by name, and as layers. */
import { fail } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";
import { configOf } from "./options.ts";

const ACTIVATIONS = {
  linear: (x: Tensor) => x,
  relu: (x: Tensor) => x.relu(),
  relu6: (x: Tensor) => x.relu6(),
  leakyRelu: (x: Tensor) => x.leakyRelu(),
  elu: (x: Tensor) => x.elu(),
  gelu: (x: Tensor) => x.gelu(),
  silu: (x: Tensor) => x.silu(),
  sigmoid: (x: Tensor) => x.sigmoid(),
  tanh: (x: Tensor) => x.tanh(),
  softplus: (x: Tensor) => x.softplus(),
  softmax: (x: Tensor) => x.softmax(),
  logSoftmax: (x: Tensor) => x.logSoftmax(),
} as const;

export type ActivationName = keyof typeof ACTIVATIONS;

/** A name, or a function of your own; files keep names only. */
export type ActivationLike = ActivationName | ((x: Tensor) => Tensor);

/** @throws HeddleError when there is no such activation */
export function activationOf(where: string, like: ActivationLike = "linear"): (x: Tensor) => Tensor {
  if (typeof like === "function") return like;
  if (Object.hasOwn(ACTIVATIONS, like)) return ACTIVATIONS[like];
  const names = Object.keys(ACTIVATIONS).join(", ");
  return fail(where, `activation must be one of ${names}, or a function: got ${JSON.stringify(like)}`);
}

/** An activation as a layer. */
export class Activation extends Module {
  readonly #fn: (x: Tensor) => Tensor;

  constructor(readonly activation: ActivationLike) {
    super();
    this.#fn = activationOf("activation", activation);
  }

  override get type(): string {
    return typeof this.activation === "string" ? this.activation : "activation";
  }

  forward(x: Tensor): Tensor {
    return this.#fn(x);
  }

  override config(): LayerConfig | undefined {
    return configOf("activation", { activation: this.activation });
  }
}

export const activation = (like: ActivationLike): Activation => new Activation(like);
export const relu = (): Activation => activation("relu");
export const gelu = (): Activation => activation("gelu");
export const silu = (): Activation => activation("silu");
export const sigmoid = (): Activation => activation("sigmoid");
export const tanh = (): Activation => activation("tanh");
export const softmax = (): Activation => activation("softmax");
