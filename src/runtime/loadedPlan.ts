/** A plan on a device: what its executions share, and where its leaves and scalars come from. */
import type { BufferView, Executable } from "../backends/types.ts";
import type { Plan } from "../compile/plan.ts";
import type { Storage } from "./storage.ts";

/** What a device keeps for a plan between executions. It holds no storage, so it keeps no value alive. */
export class LoadedPlan {
  /** The compiled segment; undefined before the first execution. */
  executable: Executable | undefined;
  /** By value of the segment; filled anew by every execution, but for slots, which stay while the arena does. */
  readonly views: BufferView[] = [];
  /** Of the arena that the slots' views were made for. */
  arenaVersion = -1;
  /** What the memory of each constant leaf held at the last execution. */
  private readonly contents: Float64Array;

  constructor(readonly plan: Plan) {
    this.contents = new Float64Array(plan.constants.length);
  }

  /** Whether a constant leaf has another content than at the last execution, which this one becomes. */
  constantsChanged(leaves: readonly Storage[]): boolean {
    const { contents } = this;
    const { constants } = this.plan;
    let changed = false;
    for (let i = 0; i < constants.length; i++) {
      const { content } = leaves[constants[i]];
      if (contents[i] === content) continue;
      contents[i] = content;
      changed = true;
    }
    return changed;
  }
}

/** A plan and the sources of its leaves and scalars, in the plan's order. */
export interface BoundPlan<LeafSource, ScalarSource> {
  readonly loaded: LoadedPlan;
  readonly leaves: readonly LeafSource[];
  readonly scalars: readonly ScalarSource[];
}

/** A plan of reads: each leaf and scalar by its index among the nodes of an equal graph, inputs first. */
export type ReadPlan = BoundPlan<number, number>;
