/** What the classifiers of images have in common. */
import type { Shape } from "../base/shape.ts";

/** Options of networks that tell classes apart. */
export interface ClassifierOptions {
  /** Length of the logits. */
  classes?: number;
  /** [height, width, channels] of the images. */
  inputShape?: Shape;
  /** Of the initial values. Default: that of `setSeed`. */
  seed?: number;
}

/** Options of networks with a head that can be left out. */
export interface TrunkOptions extends ClassifierOptions {
  /** Whether the layer of classes ends the network; without it the output is the features before. Default true. */
  top?: boolean;
}
