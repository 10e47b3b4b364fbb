/** The setup of a compiled function: values that it keeps between calls, as long as what they come from stays. */

import type { Plan } from "../compile/plan.ts";
import { separate } from "../compile/separate.ts";
import type { Spec } from "../graph/node.ts";
import { type Kept, registerConstants } from "./constants.ts";
import { type CompiledPlan, compiled, type Device } from "./device.ts";
import { enqueue, pending } from "./evaluate.ts";
import type { Storage } from "./storage.ts";

/** Has functions that are compiled from now on keep what captured values alone decide. */
export const keepConstants = (): void => registerConstants({ separate, keep: (setup) => new Setup(setup) });

class Setup implements Kept {
  private readonly plan: CompiledPlan;
  private readonly specs: readonly Spec[];
  private readonly scalars: readonly number[];
  /** Of the leaves when the values were computed. */
  private readonly versions: Float64Array;
  private values: readonly Storage[] = [];

  constructor(plan: Plan) {
    this.plan = compiled(plan);
    this.specs = plan.outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    this.scalars = plan.scalars.map(({ source }) => source.value);
    this.versions = new Float64Array(plan.leaves.length);
  }

  refresh(device: Device, leaves: readonly Storage[], origin: string): readonly Storage[] {
    if (this.isCurrent(leaves)) return this.values;
    this.drop();
    const values = this.specs.map((spec) => pending(spec, device, `constants of ${origin}`));
    void enqueue(device, leaves, values, () => device.execute(this.plan, leaves, values, this.scalars));
    this.values = values;
    for (let i = 0; i < leaves.length; i++) this.versions[i] = leaves[i].version;
    return values;
  }

  dispose(device: Device): void {
    this.drop();
    device.releasePlan(this.plan);
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
