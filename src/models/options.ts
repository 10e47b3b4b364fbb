/** What the classifiers of images have in common. */
import { checkOptions, count, flag, integer } from "../base/options.ts";
import { checkShape, type Shape } from "../base/shape.ts";

/** Options of networks that tell classes apart. */
export interface ClassifierOptions {
  /** Length of the logits. Default: that of the original. */
  classes?: number;
  /** [height, width, channels] of the images. Default: that of the original. */
  inputShape?: Shape;
  /** Of the initial values. Default: that of `setSeed`. */
  seed?: number;
}

/** Options of networks with a head that can be left out. */
export interface TrunkOptions extends ClassifierOptions {
  /** Whether the layer of classes ends the network; without it the output is the features before. Default true. */
  top?: boolean;
}

const rules = {
  classes: count,
  inputShape: (shape: unknown, where: string) => void checkShape(where, shape as Shape),
  seed: integer,
};

/** The options. @throws HeddleError when one is wrong or unknown */
export const classifierOptions = (where: string, options: ClassifierOptions): ClassifierOptions =>
  checkOptions(where, options, rules);

/** The options. @throws HeddleError when one is wrong or unknown */
export const trunkOptions = (where: string, options: TrunkOptions): TrunkOptions =>
  checkOptions(where, options, { ...rules, top: flag });
