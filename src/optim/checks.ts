/** Checks of options, for optimizers and schedules. */
import { fail } from "../base/errors.ts";

/** @throws HeddleError when an option is not a positive number */
export function positive(where: string, name: string, value: number): number {
  return value > 0 && Number.isFinite(value)
    ? value
    : fail(where, `${name} must be a positive number: got ${value}`);
}

/** @throws HeddleError when an option does not lie in [0, 1) */
export function share(where: string, name: string, value: number): number {
  return value >= 0 && value < 1 ? value : fail(where, `${name} must lie in [0, 1): got ${value}`);
}

/** @throws HeddleError when an option is negative */
export function notNegative(where: string, name: string, value: number): number {
  return value >= 0 && Number.isFinite(value)
    ? value
    : fail(where, `${name} must not be negative: got ${value}`);
}

/** @throws HeddleError when an option is not a positive integer */
export function positiveInteger(where: string, name: string, value: number): number {
  return Number.isInteger(value) && value > 0
    ? value
    : fail(where, `${name} must be a positive integer: got ${value}`);
}
