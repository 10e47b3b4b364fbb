/** Flops that the contraction kernels execute, as their tiles are chosen: for the plan snapshots (test/plans). */
import { sizeOf } from "../src/base/shape.ts";
import type { Kernel } from "../src/kernel/types.ts";
import { isDepthwise, productOf } from "./conv.ts";
import { isThin } from "./matmul.ts";
import { tiledFlops } from "./tile.ts";

/**
 * Two per multiply-add, padding of tiles included; undefined for a kernel that multiplies no matrices or does not do it
 * in tiles, and so executes what the op asks for.
 */
export function executedFlops(kernel: Kernel): number | undefined {
  switch (kernel.kind) {
    case "conv":
    case "convInputGrad":
    case "convWeightGrad":
      return isDepthwise(kernel) ? undefined : tiledFlops(productOf(kernel));
    case "matmul": {
      const { m, n, k, dtype } = kernel;
      const isTiled = dtype === "float32" && !isThin(kernel);
      return isTiled ? tiledFlops({ products: sizeOf(kernel.batch), m, n, k }) : undefined;
    }
    default:
      return undefined;
  }
}
