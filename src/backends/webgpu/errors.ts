/**
 * Errors that a GPU reports late. Kernels note an index out of range in a status buffer; the device raises what it
 * refused as an event. Each is thrown once, by the next read or sync.
 */
import { STATUS_OPS } from "../../../gpu/status.ts";
import { HeddleError } from "../../base/errors.ts";
import { USAGE } from "./buffers.ts";

export const STATUS_BYTES = 16;

export class PendingErrors {
  readonly status: GPUBuffer;
  private pending: HeddleError | undefined;

  constructor(device: GPUDevice) {
    this.status = device.createBuffer({
      size: 256,
      usage: USAGE.storage | USAGE.copySource | USAGE.copyTarget,
    });
    device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.pending ??= new HeddleError("webgpu", `the GPU refused a command: ${event.error.message}`);
    });
  }

  /** Notes what a kernel wrote into the status words. */
  note([count, op, index, length]: Uint32Array): void {
    if (count === 0) return;
    this.pending ??= new HeddleError(STATUS_OPS[op], `index out of range [0, ${length}): got ${index | 0}`);
  }

  /** Throws the pending error and forgets it. */
  check(): void {
    const { pending } = this;
    this.pending = undefined;
    if (pending) throw pending;
  }
}
