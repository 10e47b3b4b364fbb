/** Checks of options. */
import { fail } from "../base/errors.ts";
import type { Rule } from "../base/options.ts";

/** For what its user checks. */
export const checkedInUse: Rule = () => undefined;

/** A folder (Node). */
export const folder: Rule = (v) => (typeof v === "string" ? "" : "must be the path of a folder");

/** An option that counts something. */
export function count(where: string, option: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  return fail(where, `${option} must be an integer of at least ${least}: got ${value}`);
}
