/** What the classifiers of images have in common. */
import { count, flag, integer, shape } from "../base/options/kinds.ts";
import { type OptionsOf, options } from "../base/options/schema.ts";
import type { Shape } from "../base/shape.ts";

/** Options of networks that tell classes apart, by the classes and the images of the original. */
export const classifierOptions = (classes: number, inputShape: Shape) =>
  options({
    /** Length of the logits. Default: that of the original. */
    classes: count(classes),
    /** [height, width, channels] of the images. Default: that of the original. */
    inputShape: shape(inputShape),
    /** Of the initial values. Default: that of `setSeed`. */
    seed: integer(),
  });

/** Options of networks that tell classes apart. */
export interface ClassifierOptions extends OptionsOf<ReturnType<typeof classifierOptions>> {}

/** Options of networks whose head can be left out, by the classes and the images of the original. */
export const trunkOptions = (classes: number, inputShape: Shape) =>
  options({
    ...classifierOptions(classes, inputShape).entries,
    /** Whether the layer of classes ends the network; without it the output is the features before. Default true. */
    top: flag(true),
  });

/** Options of networks whose head can be left out. */
export interface TrunkOptions extends ClassifierOptions, OptionsOf<ReturnType<typeof trunkOptions>> {}
