/** Options of loaders and of datasets, and a check of arguments. */
import { fail } from "../base/errors.ts";
import { flag, integer } from "../base/options/kinds.ts";
import { kind, type OptionsOf, options } from "../base/options/schema.ts";

/** The path of a folder (Node). */
export const folder = kind<string>((v) => (typeof v === "string" ? "" : "must be the path of a folder"));

/** Checks an argument that counts something. */
export function count(where: string, argument: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  return fail(where, `${argument} must be an integer of at least 0: got ${value}`);
}

export const shuffleOptions = options({
  /** Of the order. Default 0. */
  seed: integer(0),
});

/** Options of `Dataset.shuffle`. */
export interface ShuffleOptions extends OptionsOf<typeof shuffleOptions> {}

export const splitOptions = options({
  ...shuffleOptions.entries,
  /** False keeps the order, for series. Default true. */
  shuffle: flag(true),
});

/** Options of `Dataset.split`. */
export interface SplitOptions extends OptionsOf<typeof splitOptions> {}
