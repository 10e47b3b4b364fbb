/**
 * The wasm binary: kernels over one linear memory whose heap the host owns. No state but that memory: every thread
 * instantiates the same module over it.
 */
export { lead, runAlone, stop, work } from "./threads";

/** The first address that the host may use. */
export function heapBase(): usize {
  return __heap_base;
}
