/** Checks of options. */
import { fail } from "../base/errors.ts";

/** An option that counts something. */
export function count(where: string, option: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  return fail(where, `${option} must be an integer of at least ${least}: got ${value}`);
}
