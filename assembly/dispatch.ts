/** The kernel table. A kernel does piece `chunk` of its work, with parameters at `p` and private `scratch`. */
import { argReduce } from "./argReduce";
import { dispatchFull } from "./dispatchFull";
import { finish } from "./finish";
import { gather, scatter } from "./gather";
import { gemm } from "./gemm";
import { gemv } from "./gemv";
import { Kernel } from "./kernels";
import { map } from "./map";
import { reduceColumns, reduceParts, reduceRows } from "./reduce";
import { softmax } from "./softmax";

export function dispatch(kernel: i32, p: usize, chunk: i32, scratch: usize): void {
  switch (kernel) {
    case Kernel.Gemm: return gemm(p, chunk, scratch);
    case Kernel.Gemv: return gemv(p, chunk, scratch);
    case Kernel.Finish: return finish(p, chunk, scratch);
    case Kernel.Map: return map(p, chunk, scratch);
    case Kernel.ReduceRows: return reduceRows(p, chunk, scratch);
    case Kernel.ReduceColumns: return reduceColumns(p, chunk, scratch);
    case Kernel.ReduceParts: return reduceParts(p, chunk, scratch);
    case Kernel.Softmax: return softmax(p, chunk, scratch);
    case Kernel.ArgReduce: return argReduce(p, chunk, scratch);
    case Kernel.Gather: return gather(p, chunk, scratch);
    case Kernel.Scatter: return scatter(p, chunk, scratch);
    default:
      // A constant of the build (asconfig.json): the core binary stops here.
      // @ts-ignore: constant
      if (FULL) dispatchFull(kernel, p, chunk, scratch);
      else unreachable();
  }
}
