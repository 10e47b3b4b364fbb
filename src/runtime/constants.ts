/**
 * Support for constants of compiled functions: folding them, and caching values that depend on them alone. A function gets it from
 * `jit` or from a module that it applies, so that a program with neither does not load it.
 */
import type { Separate } from "../compile/compile.ts";
import type { Compilation, Plan } from "../compile/plan.ts";
import type { Device } from "./device.ts";
import type { Storage } from "./storage.ts";

/** The outputs of one constants plan. */
export interface CachedConstants {
  readonly plan: Plan;
  /** The values for these leaves; where a leaf has changed, the plan is enqueued first. */
  refresh(device: Device, leaves: readonly Storage[], origin: string): readonly Storage[];
  dispose(device: Device): void;
}

export interface ConstantSupport {
  readonly separate: Separate;
  cache(constantsPlan: Compilation): CachedConstants;
}
