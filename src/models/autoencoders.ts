/** Autoencoders for images [28, 28, 1] in [0, 1]: the target is the input, the loss binary cross entropy or squares. */
import { count, integer } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import { sigmoid } from "../nn/activations.ts";
import { conv2d } from "../nn/conv2d.ts";
import { conv2dTranspose } from "../nn/conv2dTranspose.ts";
import { dense } from "../nn/dense.ts";
import { flatten } from "../nn/flatten.ts";
import { reshape } from "../nn/reshape.ts";
import { type Sequential, sequential } from "../nn/sequential.ts";

const autoencoderOptions = options({
  /** Numbers that stand for an image between the halves. Default 32. */
  code: count(32),
  /** Of the initial values. Default: that of `setSeed`. */
  seed: integer(),
});

/** Options of the autoencoders. */
export interface AutoencoderOptions extends OptionsOf<typeof autoencoderOptions> {}

const inputShape = [28, 28, 1];

/** 784-128-code-128-784: layer 2 is the code. Hinton & Salakhutdinov 2006. */
export const denseAutoencoder = (options?: AutoencoderOptions): Sequential => {
  const { code, seed } = autoencoderOptions.read("denseAutoencoder", options);
  return sequential(
    [
      flatten(),
      dense({ units: 128, activation: "relu" }),
      dense({ units: code, activation: "relu" }),
      dense({ units: 128, activation: "relu" }),
      dense({ units: 784 }),
      reshape({ targetShape: inputShape }),
      // Last, where losses look for it.
      sigmoid(),
    ],
    { inputShape, seed },
  );
};

/** Two strided convolutions to 7 × 7, a dense code in the middle (layer 3), two transposed ones back. */
export const convAutoencoder = (options?: AutoencoderOptions): Sequential => {
  const { code, seed } = autoencoderOptions.read("convAutoencoder", options);
  const half = { kernelSize: 3, strides: 2, padding: "same", activation: "relu" } as const;
  return sequential(
    [
      conv2d({ filters: 16, ...half }),
      conv2d({ filters: 32, ...half }),
      flatten(),
      dense({ units: code }),
      dense({ units: 7 * 7 * 32, activation: "relu" }),
      reshape({ targetShape: [7, 7, 32] }),
      conv2dTranspose({ filters: 16, ...half }),
      conv2dTranspose({ filters: 1, ...half, activation: "linear" }),
      sigmoid(),
    ],
    { inputShape, seed },
  );
};
