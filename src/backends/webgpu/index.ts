/** The WebGPU backend: Dawn in Node, `navigator.gpu` in windows and workers. */
import { segmentVerifier } from "#platform";
import { lower } from "../../../gpu/lower.ts";
import type { Dispatch } from "../../../gpu/shader.ts";
import { HeddleError, invariant } from "../../base/errors.ts";
import type { Segment } from "../../kernel/types.ts";
import type {
  Backend,
  BufferView,
  Claim,
  DeviceBuffer,
  DeviceInfo,
  Executable,
  KernelTiming,
  MemoryUse,
} from "../types.ts";
import { BufferPool, type GpuHandle, USAGE } from "./buffers.ts";
import { type GpuDevice, requestDevice } from "./device.ts";
import { PendingErrors, STATUS_BYTES } from "./errors.ts";
import { GpuExecutable } from "./executable.ts";
import { Pipelines } from "./pipelines.ts";
import { Readback, type ReadRange } from "./readback.ts";
import { Timer } from "./timer.ts";

interface WebGpuOptions {
  /** Default: the machine's high-performance adapter. */
  readonly adapter?: GPUAdapter;
  /** Bytes of buffers; default: what the driver gives. */
  readonly memoryLimit?: number;
}

/** @throws HeddleError when no adapter is available. */
export async function createWebGpuBackend(options: WebGpuOptions = {}): Promise<Backend> {
  return new WebGpuBackend(
    await requestDevice(options.adapter),
    options.memoryLimit ?? Number.POSITIVE_INFINITY,
    await segmentVerifier(),
  );
}

class WebGpuBackend implements Backend {
  readonly info: DeviceInfo;
  readonly claims: ReadonlySet<Claim> = new Set<Claim>(["softmax", "logSoftmax"]);
  readonly lost: Promise<HeddleError>;
  private readonly device: GPUDevice;
  private readonly buffers: BufferPool;
  private readonly pipelines: Pipelines;
  private readonly readback: Readback;
  private readonly errors: PendingErrors;
  private readonly timer: Timer | undefined;
  /** True while a kernel may have written into the status buffer unread. */
  private statusDirty = false;
  private closed = false;

  constructor(
    private readonly gpu: GpuDevice,
    memoryLimit: number,
    private readonly verify: ((segment: Segment) => void) | undefined,
  ) {
    const { device, info } = gpu;
    this.info = info;
    this.device = device;
    this.buffers = new BufferPool(device, memoryLimit);
    this.pipelines = new Pipelines(device);
    this.readback = new Readback(device);
    this.errors = new PendingErrors(device);
    if (device.features.has("timestamp-query")) this.timer = new Timer(device, this.readback);
    this.lost = new Promise((resolve) => {
      device.lost.then(({ message }) => {
        if (!this.closed) resolve(new HeddleError("webgpu", `the GPU was lost: ${message}`));
      });
    });
  }

  alloc(bytes: number): DeviceBuffer {
    return this.buffers.take(bytes);
  }

  free(handle: DeviceBuffer): void {
    this.buffers.give(handle as GpuHandle);
  }

  upload({ buffer, offset, bytes }: BufferView, from: ArrayBufferView): void {
    const count = Math.min(bytes, from.byteLength);
    if (count === 0) return;
    const source = new Uint8Array(from.buffer, from.byteOffset, count);
    // A view of shared memory crashes Dawn in Node: `slice` copies it out.
    const unshared =
      from.buffer instanceof ArrayBuffer ? (source as Uint8Array<ArrayBuffer>) : source.slice();
    this.device.queue.writeBuffer((buffer as GpuHandle).buffer, offset, unshared);
  }

  copy(from: BufferView, to: BufferView): void {
    const bytes = Math.min(from.bytes, to.bytes);
    if (bytes === 0) return;
    const encoder = this.device.createCommandEncoder();
    const [source, target] = [(from.buffer as GpuHandle).buffer, (to.buffer as GpuHandle).buffer];
    if (source !== target) {
      encoder.copyBufferToBuffer(source, from.offset, target, to.offset, bytes);
      this.device.queue.submit([encoder.finish()]);
      return;
    }
    // A buffer cannot be copied onto itself.
    const between = this.buffers.take(bytes);
    encoder.copyBufferToBuffer(source, from.offset, between.buffer, 0, bytes);
    encoder.copyBufferToBuffer(between.buffer, 0, target, to.offset, bytes);
    this.device.queue.submit([encoder.finish()]);
    this.buffers.give(between);
  }

  async download({ buffer, offset, bytes }: BufferView, into: ArrayBufferView): Promise<void> {
    const count = Math.min(bytes, into.byteLength);
    const ranges: ReadRange[] = [{ buffer: (buffer as GpuHandle).buffer, offset, bytes: count }];
    await this.readChecked(count === 0 ? [] : ranges, (data) => {
      new Uint8Array(into.buffer, into.byteOffset, count).set(new Uint8Array(data, 0, count));
    });
  }

  async compile(segment: Segment): Promise<Executable> {
    this.verify?.(segment);
    const { target, info, device } = this.gpu;
    const dispatches = segment.kernels.flatMap((kernel) => lower(kernel, segment, target));
    const pipelines = await Promise.all(dispatches.map((dispatch) => this.pipelines.get(dispatch)));
    const surroundings = {
      scratch: scratchBytes(dispatches).map((bytes) => this.buffers.take(bytes)),
      uniform: this.uniformFor(segment, dispatches),
      status: this.errors.status,
    };
    return new GpuExecutable(
      segment,
      surroundings,
      dispatches,
      pipelines,
      this.pipelines,
      device,
      info.isSoftware,
    );
  }

  release(executable: Executable): void {
    const { scratch, uniform } = own(executable).surroundings;
    for (const handle of scratch) this.buffers.give(handle);
    uniform?.buffer.destroy();
  }

  execute(
    executable: Executable,
    bind: readonly BufferView[],
    scalars: ArrayLike<number>,
    timings?: KernelTiming[],
  ): void {
    const compiled = own(executable);
    this.statusDirty ||= compiled.reports;
    if (timings && this.timer) this.timer.run(compiled, bind, scalars, timings);
    else compiled.run(bind, scalars);
  }

  async idle(): Promise<void> {
    await this.device.queue.onSubmittedWorkDone();
  }

  async sync(): Promise<void> {
    const done = this.device.queue.onSubmittedWorkDone();
    await this.readChecked([], () => {});
    await done;
    await this.timer?.finished;
    this.errors.check();
  }

  memory(): MemoryUse {
    const { live, reserved, peak } = this.buffers.memory();
    return { live, reserved: reserved + this.readback.reserved(), peak };
  }

  close(): void {
    this.closed = true;
    this.device.destroy();
  }

  /** Reads, together with the status words if a kernel may have set them, then throws what is pending. */
  private async readChecked(ranges: readonly ReadRange[], use: (data: ArrayBuffer) => void): Promise<void> {
    const withStatus = this.statusDirty;
    this.statusDirty = false;
    const all = withStatus
      ? [...ranges, { buffer: this.errors.status, offset: 0, bytes: STATUS_BYTES, clear: true }]
      : ranges;
    if (all.length > 0) {
      await this.readback.read(all, (data) => {
        if (withStatus) this.errors.note(new Uint32Array(data, data.byteLength - STATUS_BYTES));
        use(data);
      });
    }
    this.errors.check();
  }

  private uniformFor(segment: Segment, dispatches: readonly Dispatch[]): GpuHandle | undefined {
    if (!dispatches.some(({ scalars }) => scalars.from === "uniform")) return undefined;
    const size = Math.ceil(segment.scalars.length / 4) * 16;
    const buffer = this.device.createBuffer({ size, usage: USAGE.uniform | USAGE.copyTarget });
    return { buffer, bytes: size, reserved: size };
  }
}

function own(executable: Executable): GpuExecutable {
  invariant(executable instanceof GpuExecutable, "an executable runs on the backend that compiled it");
  return executable;
}

/** Bytes of each scratch slot, by its largest use: kernels run one after the other and share them. */
function scratchBytes(dispatches: readonly Dispatch[]): number[] {
  const sizes: number[] = [];
  for (const { bindings } of dispatches) {
    for (const { resource } of bindings) {
      if (resource.kind !== "scratch") continue;
      while (sizes.length <= resource.slot) sizes.push(0);
      sizes[resource.slot] = Math.max(sizes[resource.slot], resource.bytes);
    }
  }
  return sizes;
}
