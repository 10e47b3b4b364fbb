/** Times each dispatch of an execution with timestamp queries; the times arrive by the next `sync()`. */
import type { BufferView, KernelTiming } from "../types.ts";
import { USAGE } from "./buffers.ts";
import type { GpuExecutable } from "./executable.ts";
import type { Readback } from "./readback.ts";

/** WebGPU's bound on the queries of a set, two per dispatch. */
const MOST_DISPATCHES = 2048;

export class Timer {
  /** Resolves when the times of every run so far have arrived. */
  finished: Promise<void> = Promise.resolve();

  constructor(
    private readonly device: GPUDevice,
    private readonly readback: Readback,
  ) {}

  run(
    executable: GpuExecutable,
    bind: readonly BufferView[],
    scalars: ArrayLike<number>,
    timings: KernelTiming[],
  ): void {
    const { device } = this;
    const { dispatches } = executable;
    if (dispatches === 0 || dispatches > MOST_DISPATCHES) {
      executable.run(bind, scalars);
      return;
    }
    const bytes = dispatches * 16;
    const queries = device.createQuerySet({ type: "timestamp", count: dispatches * 2 });
    const resolved = device.createBuffer({ size: bytes, usage: USAGE.queryResolve | USAGE.copySource });
    executable.run(bind, scalars, queries);
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(queries, 0, dispatches * 2, resolved, 0);
    device.queue.submit([encoder.finish()]);
    const arrived = this.readback.read([{ buffer: resolved, offset: 0, bytes }], (data) => {
      const nanoseconds = new BigUint64Array(data);
      for (let i = 0; i < dispatches; i++) {
        const milliseconds = Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e6;
        timings.push({ label: executable.label(i), milliseconds });
      }
      queries.destroy();
      resolved.destroy();
    });
    // A lost device is reported by the reads themselves.
    this.finished = Promise.all([this.finished, arrived]).then(
      () => {},
      () => {},
    );
  }
}
