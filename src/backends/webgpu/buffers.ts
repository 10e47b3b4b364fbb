/**
 * GPU memory: buffers pooled by size class and freed by `destroy()` alone (garbage collection comes too late).
 * A freed buffer may be handed out again at once: the queue keeps the order of what uses it.
 */
import { HeddleError } from "../../base/errors.ts";
import type { DeviceBuffer, MemoryUse } from "../types.ts";

/** WebGPU's usage bits; the global `GPUBufferUsage` does not exist in Node. */
export const USAGE = {
  mapRead: 0x1,
  copySource: 0x4,
  copyTarget: 0x8,
  uniform: 0x40,
  storage: 0x80,
  queryResolve: 0x200,
} as const;

export interface GpuHandle extends DeviceBuffer {
  readonly buffer: GPUBuffer;
  /** The buffer's size, a class above `bytes`. */
  readonly reserved: number;
}

/** Bindings start at multiples of it, so a buffer is never smaller. */
const SMALLEST = 256;
/** Free bytes that stay in the pool even when little is in use. */
const POOLED_BYTES = 64 << 20;

/** Four classes between powers of two: at most a quarter is wasted. */
export function sizeClass(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  const step = 2 ** Math.max(Math.floor(Math.log2(bytes - 1)) - 2, 8);
  return Math.ceil(bytes / step) * step;
}

export class BufferPool {
  private readonly free = new Map<number, GPUBuffer[]>();
  private live = 0;
  private used = 0;
  private pooled = 0;
  private peak = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly memoryLimit: number,
    private readonly usage = USAGE.storage | USAGE.copySource | USAGE.copyTarget,
  ) {}

  take(bytes: number): GpuHandle {
    const { maxBufferSize } = this.device.limits;
    const reserved = Math.min(sizeClass(bytes), maxBufferSize);
    if (bytes > reserved) {
      throw new HeddleError(
        "webgpu",
        `a buffer of ${bytes} bytes is larger than this GPU allows: ${maxBufferSize}`,
      );
    }
    const buffer = this.reuse(reserved) ?? this.create(reserved);
    this.live += bytes;
    this.used += reserved;
    this.peak = Math.max(this.peak, this.used + this.pooled);
    return { bytes, buffer, reserved };
  }

  give({ bytes, buffer, reserved }: GpuHandle): void {
    this.live -= bytes;
    this.used -= reserved;
    this.pooled += reserved;
    const list = this.free.get(reserved);
    if (list) list.push(buffer);
    else this.free.set(reserved, [buffer]);
    if (this.pooled > Math.max(POOLED_BYTES, this.used)) this.trim();
  }

  /** Destroys the free buffers. */
  trim(): void {
    for (const list of this.free.values()) for (const buffer of list) buffer.destroy();
    this.free.clear();
    this.pooled = 0;
  }

  memory(): MemoryUse {
    return { live: this.live, reserved: this.used + this.pooled, peak: this.peak };
  }

  private reuse(size: number): GPUBuffer | undefined {
    const buffer = this.free.get(size)?.pop();
    if (buffer) this.pooled -= size;
    return buffer;
  }

  private create(size: number): GPUBuffer {
    if (this.used + this.pooled + size > this.memoryLimit) this.trim();
    if (this.used + size > this.memoryLimit) {
      throw new HeddleError(
        "webgpu",
        `out of memory: ${size} bytes more than the ${this.used} in use pass the limit of ${this.memoryLimit}`,
      );
    }
    return this.device.createBuffer({ size, usage: this.usage });
  }
}
