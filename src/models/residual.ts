/** The pieces of residual networks, on symbolic tensors. Layer names and constants are torchvision's. */
import { relu } from "../nn/activations.ts";
import { conv2d } from "../nn/conv2d.ts";
import { identityShortcut } from "../nn/identityShortcut.ts";
import { add } from "../nn/merging.ts";
import { batchNorm } from "../nn/normalization.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** PyTorch's; its momentum counts the new statistics, 0.1. */
export const NORM = { epsilon: 1e-5, momentum: 0.9, unbiased: true } as const;

/** How a block's input reaches its end where the shapes differ; `none` makes a plain network. */
export type Shortcut = "projection" | "identity" | "none";

interface BlockOptions {
  /** Channels inside the block. */
  readonly filters: number;
  /** Of the 3 × 3 convolution that shrinks the image. */
  readonly strides: number;
  readonly shortcut: Shortcut;
  /** The path of the block. */
  readonly name: string;
}

/** A convolution without a bias that keeps the size but for its stride, and its batch norm. */
export function convNorm(
  x: Tensor,
  [conv, norm]: readonly [conv: string, norm: string],
  { filters, kernelSize = 3, strides = 1 }: { filters: number; kernelSize?: number; strides?: number },
): Tensor {
  const padding = (kernelSize - 1) / 2;
  const kernelInitializer = "heNormal";
  const layer = conv2d({ filters, kernelSize, strides, padding, useBias: false, kernelInitializer });
  return batchNorm(NORM).named(norm).apply(layer.named(conv).apply(x));
}

function join(x: Tensor, y: Tensor, { strides, shortcut, name }: BlockOptions): Tensor {
  if (shortcut === "none") return relu().apply(y);
  const filters = y.shape[3];
  let through = x;
  if (strides !== 1 || x.shape[3] !== filters) {
    through =
      shortcut === "identity"
        ? identityShortcut({ filters, strides }).apply(x)
        : convNorm(x, [`${name}.downsample.0`, `${name}.downsample.1`], { filters, kernelSize: 1, strides });
  }
  return relu().apply(add().apply(y, through));
}

/** Two 3 × 3 convolutions. He et al. 2016, figure 5, left. */
export function basicBlock(x: Tensor, options: BlockOptions): Tensor {
  const { filters, strides, name } = options;
  let y = relu().apply(convNorm(x, [`${name}.conv1`, `${name}.bn1`], { filters, strides }));
  y = convNorm(y, [`${name}.conv2`, `${name}.bn2`], { filters });
  return join(x, y, options);
}

/** 1 × 1 down, 3 × 3, 1 × 1 up to four times the channels; the stride is the middle one's, as in torchvision. */
export function bottleneck(x: Tensor, options: BlockOptions): Tensor {
  const { filters, strides, name } = options;
  let y = relu().apply(convNorm(x, [`${name}.conv1`, `${name}.bn1`], { filters, kernelSize: 1 }));
  y = relu().apply(convNorm(y, [`${name}.conv2`, `${name}.bn2`], { filters, strides }));
  y = convNorm(y, [`${name}.conv3`, `${name}.bn3`], { filters: 4 * filters, kernelSize: 1 });
  return join(x, y, options);
}

/** Blocks one after the other; the first one has the stride. */
export function stage(
  x: Tensor,
  block: typeof basicBlock,
  blocks: number,
  { name, strides, ...options }: BlockOptions,
): Tensor {
  let y = x;
  for (let i = 0; i < blocks; i++) {
    y = block(y, { ...options, strides: i === 0 ? strides : 1, name: `${name}.${i}` });
  }
  return y;
}
