/** Activations by name, and as layers. */
import { fail } from "../base/errors.ts";
import { flag, integer, number } from "../base/options/kinds.ts";
import {
  kind,
  type NoOptions,
  noOptions,
  type OptionsOf,
  options,
  type Schema,
} from "../base/options/schema.ts";
import { show } from "../base/show.ts";
import {
  hardSigmoid as hard,
  selu as scaledElu,
  softsign as soft,
  binaryStep as step,
} from "../tensor/activations.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type LayerConfig, Module } from "./module.ts";

const leakyReluOptions = options({
  /** Of leakyRelu below 0. Default 0.2, as in Keras since version 3; PyTorch has 0.01. */
  slope: number(),
});
const eluOptions = options({
  /** Of elu: its limit is −alpha. Default 1. */
  alpha: number(),
});
const geluOptions = options({
  /** The tanh form of gelu. Default false. */
  approximate: flag(),
});
const softmaxOptions = options({
  /** Of softmax and logSoftmax. Default −1. */
  axis: integer(),
});

type LeakyReluOptions = OptionsOf<typeof leakyReluOptions>;
type EluOptions = OptionsOf<typeof eluOptions>;
type GeluOptions = OptionsOf<typeof geluOptions>;
type SoftmaxOptions = OptionsOf<typeof softmaxOptions>;
type ActivationOptions = LeakyReluOptions & EluOptions & GeluOptions & SoftmaxOptions;

const ACTIVATIONS = {
  linear: (x: Tensor) => x,
  identity: (x: Tensor) => x,
  relu: (x: Tensor) => x.relu(),
  relu6: (x: Tensor) => x.relu6(),
  leakyRelu: (x: Tensor, { slope }: ActivationOptions) => x.leakyRelu(slope),
  elu: (x: Tensor, { alpha }: ActivationOptions) => x.elu(alpha),
  selu: (x: Tensor) => scaledElu(x),
  gelu: (x: Tensor, { approximate }: ActivationOptions) => x.gelu({ approximate }),
  silu: (x: Tensor) => x.silu(),
  sigmoid: (x: Tensor) => x.sigmoid(),
  hardSigmoid: (x: Tensor) => hard(x),
  tanh: (x: Tensor) => x.tanh(),
  softplus: (x: Tensor) => x.softplus(),
  softsign: (x: Tensor) => soft(x),
  binaryStep: (x: Tensor) => step(x),
  softmax: (x: Tensor, { axis }: ActivationOptions) => x.softmax(axis),
  logSoftmax: (x: Tensor, { axis }: ActivationOptions) => x.logSoftmax(axis),
} as const;

/** Of those that take options. */
const SCHEMAS: Readonly<Partial<Record<ActivationName, Schema>>> = {
  leakyRelu: leakyReluOptions,
  elu: eluOptions,
  gelu: geluOptions,
  softmax: softmaxOptions,
  logSoftmax: softmaxOptions,
};

/** Activations that layers know by name. */
export type ActivationName = keyof typeof ACTIVATIONS;

/** A name with options, as plain data. */
export type ActivationConfig = { readonly name: ActivationName } & ActivationOptions;

/** A name, a name with options, or a function of your own, which files do not keep. */
export type ActivationLike = ActivationName | ActivationConfig | ((x: Tensor) => Tensor);

/** @throws HeddleError when there is no such activation */
export function activationOf(
  where: string,
  like: ActivationLike,
  option = "activation",
): (x: Tensor) => Tensor {
  if (typeof like === "function") return like;
  const options: ActivationConfig = typeof like === "string" ? { name: like } : like;
  if (!Object.hasOwn(ACTIVATIONS, options?.name)) {
    const names = Object.keys(ACTIVATIONS).join(", ");
    fail(where, `${option} must be one of ${names}, or a function: got ${show(like)}`);
  }
  const { name, ...others } = options;
  (SCHEMAS[name] ?? noOptions).read(name, others);
  return (x) => ACTIVATIONS[name](x, options);
}

/** An activation as an option; files keep no functions. */
export const activationLike = /* @__PURE__ */ kind<ActivationLike>(
  (like, where, name) => void activationOf(where, like as ActivationLike, name),
  (like) => (typeof like === "function" ? undefined : like),
);

/** An activation as a layer. */
export class Activation extends Module {
  readonly #fn: (x: Tensor) => Tensor;

  constructor(/** As given. */ readonly activation: ActivationLike) {
    super();
    this.#fn = activationOf("activation", activation);
  }

  override get type(): string {
    const { activation: like } = this;
    if (typeof like === "string") return like;
    return typeof like === "function" ? "activation" : like.name;
  }

  forward(x: Tensor): Tensor {
    return this.#fn(x);
  }

  override config(): LayerConfig | undefined {
    const { activation } = this;
    return typeof activation === "function" ? undefined : { type: "activation", activation };
  }
}

/** An activation by name, by name with options, or of your own, as a layer. @throws HeddleError when it is unknown */
export const activation = (like: ActivationLike): Activation => new Activation(like);

function plain(name: ActivationName, options?: NoOptions): Activation {
  noOptions.read(name, options);
  return activation(name);
}

/** Passes its input on. */
export const identity = (options?: NoOptions): Activation => plain("identity", options);
/** 1 from 0 on, 0 below; without a gradient. Rosenblatt 1958. */
export const binaryStep = (options?: NoOptions): Activation => plain("binaryStep", options);
/** 1 / (1 + e⁻ˣ) */
export const sigmoid = (options?: NoOptions): Activation => plain("sigmoid", options);
/** relu6(x + 3) / 6, as in Keras since version 3 and in PyTorch. */
export const hardSigmoid = (options?: NoOptions): Activation => plain("hardSigmoid", options);
/** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ) */
export const tanh = (options?: NoOptions): Activation => plain("tanh", options);
/** max(x, 0); its gradient at 0 is 0. */
export const relu = (options?: NoOptions): Activation => plain("relu", options);
/** min(max(x, 0), 6). */
export const relu6 = (options?: NoOptions): Activation => plain("relu6", options);
/** x above 0, slope · x below. Maas et al. 2013. @throws HeddleError when an option is wrong */
export const leakyRelu = (options?: LeakyReluOptions): Activation =>
  activation({ name: "leakyRelu", ...leakyReluOptions.read("leakyRelu", options) });
/** x above 0, α(eˣ − 1) below. Clevert et al. 2015. @throws HeddleError when an option is wrong */
export const elu = (options?: EluOptions): Activation =>
  activation({ name: "elu", ...eluOptions.read("elu", options) });
/** The scaled elu that keeps mean 0 and variance 1. Klambauer et al. 2017. */
export const selu = (options?: NoOptions): Activation => plain("selu", options);
/** x · Φ(x). Hendrycks & Gimpel 2016. @throws HeddleError when an option is wrong */
export const gelu = (options?: GeluOptions): Activation =>
  activation({ name: "gelu", ...geluOptions.read("gelu", options) });
/** x · sigmoid(x), also called swish. Ramachandran et al. 2017. */
export const silu = (options?: NoOptions): Activation => plain("silu", options);
/** ln(1 + eˣ), without overflow. */
export const softplus = (options?: NoOptions): Activation => plain("softplus", options);
/** x / (1 + |x|). */
export const softsign = (options?: NoOptions): Activation => plain("softsign", options);
/** Positive numbers that sum to 1 along an axis. @throws HeddleError when an option is wrong */
export const softmax = (options?: SoftmaxOptions): Activation =>
  activation({ name: "softmax", ...softmaxOptions.read("softmax", options) });
/** The logarithm of softmax, without overflow. @throws HeddleError when an option is wrong */
export const logSoftmax = (options?: SoftmaxOptions): Activation =>
  activation({ name: "logSoftmax", ...softmaxOptions.read("logSoftmax", options) });
