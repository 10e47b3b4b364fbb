/**
 * The support for constants of compiled functions. Whatever can gain from it registers it (setup.ts), so that a program
 * with neither `jit` nor batch norm does not load it.
 */

import type { Plan } from "../compile/plan.ts";
import type { Separate } from "../compile/separate.ts";
import type { Device } from "./device.ts";
import type { Storage } from "./storage.ts";

/** Kept values of one compiled plan. */
export interface Kept {
  /** The values for these leaves; what computes them is enqueued where a leaf has changed. */
  refresh(device: Device, leaves: readonly Storage[], origin: string): readonly Storage[];
  dispose(device: Device): void;
}

export interface ConstantSupport {
  readonly separate: Separate;
  keep(setup: Plan): Kept;
}

let support: ConstantSupport | undefined;

export const constantSupport = (): ConstantSupport | undefined => support;

export function registerConstants(known: ConstantSupport): void {
  support = known;
}
