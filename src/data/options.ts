/** Kinds of options that loaders share, and a check of arguments. */
import { fail } from "../base/errors.ts";
import { kind } from "../base/options/schema.ts";

/** The path of a folder (Node). */
export const folder = kind<string>((v) => (typeof v === "string" ? "" : "must be the path of a folder"));

/** Checks an argument that counts something. */
export function count(where: string, argument: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value;
  return fail(where, `${argument} must be an integer of at least 0: got ${value}`);
}
