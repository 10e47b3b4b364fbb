/** Options of layers: checks at construction, and their form in files. */
import { fail } from "../base/errors.ts";
import { showShape } from "../base/shape.ts";
import type { Pair } from "../ops/window.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { LayerConfig } from "./module.ts";

/** A positive integer. */
export function count(where: string, name: string, value: number): number {
  return Number.isInteger(value) && value > 0
    ? value
    : fail(where, `${name} must be a positive integer: got ${value}`);
}

/** A number from `low` up to `high`, which is left out. */
export function within(where: string, name: string, value: number, low: number, high: number): number {
  return value >= low && value < high
    ? value
    : fail(where, `${name} must lie in [${low}, ${high}): got ${value}`);
}

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
