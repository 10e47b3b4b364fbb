/** Kinds of options that layers have beyond the common ones, and checks of inputs. */
import { fail } from "../base/errors.ts";
import { kind } from "../base/options/schema.ts";
import { showShape } from "../base/shape.ts";
import type { Pair } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type InitializerLike, initializerOf } from "./initializers.ts";
import { checkRegularizer, type RegularizerLike } from "./regularizers.ts";

/** An initializer; files keep the built-in ones by their description. */
export const initializerLike = /* @__PURE__ */ kind<InitializerLike>(
  (like, where, name) => void initializerOf(where, like as InitializerLike, name),
  (like) => (typeof like === "object" && "make" in like ? like.config : like),
);
/** A regularizer; files keep no functions. */
export const regularizerLike = /* @__PURE__ */ kind<RegularizerLike>(
  (like, where, name) => void checkRegularizer(where, like as RegularizerLike, name),
  (like) => (typeof like === "function" ? undefined : like),
);

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
