/** The narrow interface that every backend implements. Backends see kernels and segments, never tensors. */
import type { HeddleError } from "../base/errors.ts";
import type { Segment } from "../kernel/types.ts";

/** A piece of device memory that a backend handed out; its content is the backend's own business. */
export interface DeviceBuffer {
  readonly bytes: number;
}

export interface BufferView {
  readonly buffer: DeviceBuffer;
  /** Bytes, a multiple of 256. */
  readonly offset: number;
  readonly bytes: number;
}

/** WebAssembly with SIMD on the processor, or a GPU through WebGPU. */
export type DeviceKind = "wasm" | "webgpu";

/** A description of the device in use. */
export interface DeviceInfo {
  /** The kind of device. */
  readonly kind: DeviceKind;
  /** The hardware in words: `wasm SIMD (relaxed), 2 threads`, `NVIDIA H200`. */
  readonly adapter: string;
  /** Whether a GPU is imitated by the processor. */
  readonly isSoftware: boolean;
  /** Limits of one kernel. */
  readonly limits: {
    /** Values that one kernel may bind. */
    readonly bindings: number;
    /** Largest single value in bytes. */
    readonly bytes: number;
  };
  /** Optional features of the device, by their names in WebGPU or WebAssembly. */
  readonly features: readonly string[];
  /** Threads of the processor that compute: the worker threads of wasm and its caller's; 1 on webgpu. */
  readonly threads: number;
}

/** Composites that a backend may claim with a kernel of its own. */
export type Claim = "softmax" | "logSoftmax";

/** A compiled segment; belongs to the backend that made it. */
export interface Executable {
  readonly segment: Segment;
}

export interface KernelTiming {
  readonly label: string;
  readonly milliseconds: number;
}

export interface MemoryUse {
  /** Bytes of device buffers that were not freed. */
  readonly live: number;
  /** Bytes held from the system, pools included. */
  readonly reserved: number;
  /** The most bytes in use at once so far. */
  readonly peak: number;
}

export interface Backend {
  readonly info: DeviceInfo;
  readonly claims: ReadonlySet<Claim>;
  /** Resolves when the device is gone (worker died, GPU lost). */
  readonly lost: Promise<HeddleError>;
  /** Throws a HeddleError when the memory limit is passed. Zero-filled is not promised. */
  alloc(bytes: number): DeviceBuffer;
  free(handle: DeviceBuffer): void;
  upload(to: BufferView, from: ArrayBufferView): void;
  copy(from: BufferView, to: BufferView): void;
  /** Waits for what was enqueued before. Synchronous on an in-thread wasm. Rejects with pending device errors. */
  download(from: BufferView, into: ArrayBufferView): void | Promise<void>;
  compile(segment: Segment): Executable | Promise<Executable>;
  release(executable: Executable): void;
  /**
   * Enqueues; `bind[i]` is value i of the segment, `scalars[i]` its scalar slot i. `constantsChanged`: false when the
   * segment's constants are as the executable's last call found them; default true.
   */
  execute(
    executable: Executable,
    bind: readonly BufferView[],
    scalars: ArrayLike<number>,
    timings?: KernelTiming[],
    constantsChanged?: boolean,
  ): void;
  /** Resolves when everything enqueued has run; rejects with a pending error. */
  sync(): Promise<void>;
  /** Resolves when everything enqueued has run; errors are reported by the next read. */
  idle(): Promise<void>;
  memory(): MemoryUse;
  close(): void;
}
