/** The kernel table. A kernel does piece `chunk` of its work, with parameters at `p` and private `scratch`. */
import { Kernel } from "./kernels";
import { map } from "./map";
import { reduceColumns, reduceParts, reduceRows } from "./reduce";

export function dispatch(kernel: i32, p: usize, chunk: i32, scratch: usize): void {
  switch (kernel) {
    case Kernel.Map: return map(p, chunk, scratch);
    case Kernel.ReduceRows: return reduceRows(p, chunk, scratch);
    case Kernel.ReduceColumns: return reduceColumns(p, chunk, scratch);
    case Kernel.ReduceParts: return reduceParts(p, chunk, scratch);
    default: unreachable();
  }
}
