/** What is alive: bytes on every device, and the tensors that hold them with the place that made them. */
import type { DeviceKind, MemoryUse } from "../backends/types.ts";
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import { startedDevices } from "./devices.ts";
import { liveStorages } from "./storage.ts";

/** Memory of one device. */
export interface DeviceMemory extends MemoryUse {
  /** Which device. */
  readonly kind: DeviceKind;
}

/** A tensor whose storage is alive. */
export interface LiveTensor {
  /** Lengths of its axes. */
  readonly shape: Shape;
  /** Kind of its elements. */
  readonly dtype: DType;
  /** Size of its storage. */
  readonly bytes: number;
  /** The op, layer or parameter that made it. */
  readonly origin: string;
}

/** What {@link memory} returns. */
export interface MemoryReport {
  /** Every device that is up. */
  readonly devices: DeviceMemory[];
  /** Values with storage of their own, largest first: what a program holds, not what a plan computes in between. */
  readonly tensors: LiveTensor[];
}

/** Lists what is alive. Tensors that were dropped without `dispose()` leave the list after garbage collection. */
export function memory(): MemoryReport {
  return {
    devices: startedDevices().map(({ kind, backend }) => ({ kind, ...backend.memory() })),
    tensors: liveStorages()
      .map(({ shape, dtype, bytes, origin }) => ({ shape, dtype, bytes, origin }))
      .sort((a, b) => b.bytes - a.bytes),
  };
}
