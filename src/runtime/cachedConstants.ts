/** Values that a compiled function computes once and caches until a leaf that they are computed from changes. */
import type { Compilation, Plan } from "../compile/plan.ts";
import { separate } from "../compile/separate.ts";
import type { CachedConstants, ConstantSupport } from "./constants.ts";
import type { Device } from "./device.ts";
import { enqueue, pending } from "./evaluate.ts";
import { LoadedPlan } from "./loadedPlan.ts";
import type { Storage } from "./storage.ts";

/** Folds constants and caches the outputs of the constants plan. */
export const constantSupport: ConstantSupport = { separate, cache: (plan) => new Cache(plan) };

class Cache implements CachedConstants {
  private readonly loaded: LoadedPlan;
  /** All are literals. */
  private readonly scalars: readonly number[];
  /** Of the leaves when the values were computed. */
  private readonly versions: Float64Array;
  private values: readonly Storage[] = [];

  constructor({ plan, leaves, scalars }: Compilation) {
    this.loaded = new LoadedPlan(plan);
    this.scalars = scalars.map(({ value }) => value);
    this.versions = new Float64Array(leaves.length);
  }

  get plan(): Plan {
    return this.loaded.plan;
  }

  refresh(device: Device, leaves: readonly Storage[], origin: string): readonly Storage[] {
    if (this.isCurrent(leaves)) return this.values;
    this.drop();
    const { loaded, scalars } = this;
    const values = this.plan.outputs.map((spec) => pending(spec, device, `constants of ${origin}`));
    void enqueue(device, leaves, values, () => device.execute(loaded, leaves, values, scalars));
    this.values = values;
    for (let i = 0; i < leaves.length; i++) this.versions[i] = leaves[i].version;
    return values;
  }

  dispose(device: Device): void {
    this.drop();
    device.releasePlan(this.loaded);
  }

  private isCurrent(leaves: readonly Storage[]): boolean {
    if (this.values.length === 0 || this.values[0].error) return false;
    for (let i = 0; i < leaves.length; i++) if (leaves[i].version !== this.versions[i]) return false;
    return true;
  }

  private drop(): void {
    for (const value of this.values) value.dispose();
    this.values = [];
  }
}
