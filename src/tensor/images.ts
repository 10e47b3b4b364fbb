/** Functions of images [batch, height, width, channels] that few networks use. */
import { core } from "../ops/core.ts";
import * as lrn from "../ops/localResponseNorm.ts";
import * as pool from "../ops/pool.ts";
import * as sizes from "../ops/resize.ts";
import { pair } from "../ops/window.ts";
import { asTensor } from "./create.ts";
import type { Valued } from "./handle.ts";
import { Tensor } from "./tensor.ts";

type Images = Tensor | Valued<Tensor>;

const floats = (x: Images) => core.cast(asTensor(x).node, "float32");

/** The smallest element of each window; of equals the first has the gradient. */
export const minPool2d = (x: Images, options: pool.PoolOptions = {}): Tensor =>
  new Tensor(pool.minPool2d(core, floats(x), options));

/** The sum of each window. */
export const sumPool2d = (x: Images, options: pool.PoolOptions = {}): Tensor =>
  new Tensor(pool.sumPool2d(floats(x), options));

/** The Euclidean norm √Σx² of each window. */
export const l2Pool2d = (x: Images, options: pool.PoolOptions = {}): Tensor =>
  new Tensor(pool.l2Pool2d(core, floats(x), options));

/**
 * Images of another size. Pixels are areas, as in TensorFlow, and in PyTorch with `alignCorners` off; nearest takes
 * the pixel whose area holds the centre.
 *
 * @param size height and width, or both at once
 * @param options.method `bilinear` (default) or `nearest`
 * @throws HeddleError when x is no batch of images or a size is not positive
 */
export function resize(
  x: Images,
  size: number | readonly [height: number, width: number],
  { method = "bilinear" }: { method?: sizes.ResizeMethod } = {},
): Tensor {
  return new Tensor(sizes.resize(floats(x), pair("resize", "size", size), method));
}

/** x / (k + α · Σ x²)^β over `size` neighbouring channels: AlexNet's. Krizhevsky et al. 2012. */
export const localResponseNorm = (x: Images, options: lrn.LocalResponseNormOptions = {}): Tensor =>
  new Tensor(lrn.localResponseNorm(floats(x), options));
