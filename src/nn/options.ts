/** Options of layers: rules beyond the common ones, and their form in files. Checks of inputs. */
import { fail } from "../base/errors.ts";
import type { Rule } from "../base/options.ts";
import { checkShape, type Shape, showShape } from "../base/shape.ts";
import { type Pair, pair } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type InitializerLike, initializerOf } from "./initializers.ts";
import type { LayerConfig } from "./module.ts";
import { checkRegularizer, type RegularizerLike } from "./regularizers.ts";

export const initializer: Rule = (like, where, name) =>
  void initializerOf(where, like as InitializerLike, name);
export const regularizer: Rule = (like, where, name) =>
  void checkRegularizer(where, like as RegularizerLike, name);
/** For what the constructor makes use of at once, and checks in doing so. */
export const checkedInUse: Rule = () => undefined;
export const shape: Rule = (value, where) => void checkShape(where, value as Shape);
export const pairOfCounts: Rule = (value, where, name) => void pair(where, name, value as Pair);

/** The channels of images. */
export function expectImages(where: string, { shape }: Tensor): number {
  return shape.length === 4
    ? shape[3]
    : fail(where, `expects input [batch, height, width, channels]: got ${showShape(shape)}`);
}

/** The channels of sequences. */
export function expectSequences(where: string, { shape }: Tensor): number {
  return shape.length === 3
    ? shape[2]
    : fail(where, `expects input [batch, length, channels]: got ${showShape(shape)}`);
}

export const both = (value: Pair): readonly [number, number] =>
  typeof value === "number" ? [value, value] : value;

/** The options as plain data; undefined when one of them is a function. An initializer shows its description. */
export function configOf(type: string, options: object): LayerConfig | undefined {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const entry = (value as { config?: unknown } | undefined)?.config ?? value;
    if (typeof entry === "function" || typeof (entry as { make?: unknown })?.make === "function") return;
    if (entry !== undefined) plain[name] = entry;
  }
  return { type, ...plain };
}
