/** From a kernel to its dispatches, by kind. */
import { fail } from "../src/base/errors.ts";
import type { Kernel, Segment } from "../src/kernel/types.ts";
import { map } from "./map.ts";
import type { Dispatch, Target } from "./shader.ts";

export function lower(kernel: Kernel, segment: Segment, target: Target): Dispatch[] {
  // A kernel whose outputs are all empty has nothing to do.
  if (kernel.outputs.every((id) => segment.values[id].size === 0)) return [];
  switch (kernel.kind) {
    case "map":
      return map(kernel, segment, target);
    default:
      return fail(kernel.label, `WebGPU has no ${kernel.kind} kernel`);
  }
}
