/** From the GPU to the host: pooled staging buffers, each mapped by one read at a time. */
import { HeddleError } from "../../base/errors.ts";
import { BufferPool, USAGE } from "./buffers.ts";

export interface ReadRange {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly bytes: number;
  /** Sets the range to zero once it is copied. */
  readonly clear?: boolean;
}

const MAP_READ = 0x1;

export class Readback {
  private readonly staging: BufferPool;

  constructor(private readonly device: GPUDevice) {
    this.staging = new BufferPool(device, Number.POSITIVE_INFINITY, USAGE.mapRead | USAGE.copyTarget);
  }

  /** Copies the ranges as they are after everything enqueued so far, and hands them to `use` one behind the other. */
  async read<T>(ranges: readonly ReadRange[], use: (bytes: ArrayBuffer) => T): Promise<T> {
    const { device, staging } = this;
    const total = ranges.reduce((sum, { bytes }) => sum + bytes, 0);
    const target = staging.take(total);
    const encoder = device.createCommandEncoder();
    let at = 0;
    for (const { buffer, offset, bytes, clear } of ranges) {
      encoder.copyBufferToBuffer(buffer, offset, target.buffer, at, bytes);
      if (clear) encoder.clearBuffer(buffer, offset, bytes);
      at += bytes;
    }
    device.queue.submit([encoder.finish()]);
    try {
      await target.buffer.mapAsync(MAP_READ, 0, total);
      const result = use(target.buffer.getMappedRange(0, total));
      target.buffer.unmap();
      staging.give(target);
      return result;
    } catch (cause) {
      target.buffer.destroy();
      throw new HeddleError("webgpu", `reading from the GPU failed: ${String(cause)}`, { cause });
    }
  }

  reserved(): number {
    return this.staging.memory().reserved;
  }
}
