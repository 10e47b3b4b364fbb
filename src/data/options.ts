/** Kinds of options that loaders share, and a check of arguments. */
import { fail } from "../base/errors.ts";
import { kind } from "../base/options/schema.ts";

/** The path of a folder (Node). */
export const folder = kind<string>((v) => (typeof v === "string" ? "" : "must be the path of a folder"));

/** An option that counts something. */
export function count(where: string, option: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  return fail(where, `${option} must be an integer of at least ${least}: got ${value}`);
}
