/** From a kernel to its dispatches, by kind. */
import type { Kernel, Segment } from "../src/kernel/types.ts";
import { conv } from "./conv.ts";
import { cumulative } from "./cumulative.ts";
import { gather, scatter } from "./gather.ts";
import { map } from "./map.ts";
import { matmul } from "./matmul.ts";
import { pool } from "./pool.ts";
import { argReduce, reduce } from "./reduce.ts";
import type { Dispatch, Target } from "./shader.ts";
import { softmax } from "./softmax.ts";
import { sort } from "./sort.ts";

export function lower(kernel: Kernel, segment: Segment, target: Target): Dispatch[] {
  // A kernel whose outputs are all empty has nothing to do.
  if (kernel.outputs.every((id) => segment.values[id].size === 0)) return [];
  switch (kernel.kind) {
    case "map":
      return map(kernel, segment, target);
    case "reduce":
      return reduce(kernel, segment, target);
    case "matmul":
      return matmul(kernel, segment, target);
    case "conv":
    case "convInputGrad":
    case "convWeightGrad":
      return conv(kernel, segment, target);
    case "pool":
    case "poolGrad":
    case "poolTake":
      return pool(kernel, segment, target);
    case "argReduce":
      return argReduce(kernel, segment, target);
    case "softmax":
      return softmax(kernel, segment, target);
    case "cumulative":
      return cumulative(kernel, segment, target);
    case "sort":
      return sort(kernel, segment, target);
    case "gather":
      return gather(kernel, segment, target);
    case "scatter":
    case "scatterAdd":
      return scatter(kernel, segment, target);
  }
}
