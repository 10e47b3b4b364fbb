/** The part of the kernel table that only the full binary has: what a multilayer perceptron trains without. */
import { conv } from "./conv";
import { convSlide } from "./convSlide";
import { convWeightGrad } from "./convWeightGrad";
import { cumulative } from "./cumulative";
import { depthwise, depthwiseWeightGrad } from "./depthwise";
import { gemmInteger } from "./gemmInteger";
import { Kernel } from "./kernels";
import { pool } from "./pool";
import { poolGrad } from "./poolGrad";
import { sort } from "./sort";
import { winograd } from "./winograd";
import { winogradFilter } from "./winogradFilter";
import { winogradWeightGrad } from "./winogradWeightGrad";

export function dispatchFull(kernel: i32, p: usize, chunk: i32, scratch: usize): void {
  switch (kernel) {
    case Kernel.Conv: return conv(p, chunk, scratch);
    case Kernel.ConvWeightGrad: return convWeightGrad(p, chunk, scratch);
    case Kernel.ConvSlide: return convSlide(p, chunk, scratch);
    case Kernel.Depthwise: return depthwise(p, chunk, scratch);
    case Kernel.DepthwiseWeightGrad: return depthwiseWeightGrad(p, chunk, scratch);
    case Kernel.Pool: return pool(p, chunk, scratch);
    case Kernel.PoolGrad: return poolGrad(p, chunk, scratch);
    case Kernel.WinogradFilter: return winogradFilter(p, chunk, scratch);
    case Kernel.Winograd: return winograd(p, chunk, scratch);
    case Kernel.WinogradWeightGrad: return winogradWeightGrad(p, chunk, scratch);
    case Kernel.GemmInteger: return gemmInteger(p, chunk, scratch);
    case Kernel.Cumulative: return cumulative(p, chunk, scratch);
    case Kernel.Sort: return sort(p, chunk, scratch);
    default: unreachable();
  }
}
