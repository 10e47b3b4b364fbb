/** The CPU backend: kernels in WebAssembly SIMD over one linear memory, on one thread or several. */
import { segmentVerifier } from "#platform";
import { fail } from "../../base/errors.ts";
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
import { addressOf, WasmBuffer } from "./buffer.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { WasmExecutable } from "./executable.ts";
import { ALIGNMENT, alignUp, Heap } from "./heap.ts";
import { LocalEngine } from "./local.ts";
import type { KernelChoices } from "./lower/context.ts";
import { loadFull, needsFull } from "./lower/segment.ts";
import { type BinaryOptions, fetchBinary, loadBinary, nodeModule } from "./module.ts";
import { RemoteEngine } from "./remote.ts";

export interface WasmOptions {
  /** Threads that compute; default: one per core, at most 8. More than one needs SharedArrayBuffer. */
  readonly threads?: number;
  /** Most bytes in use. */
  readonly memoryLimit?: number;
  /** Compute on the calling thread, even in a window. */
  readonly inThread?: boolean;
  /** Insist on relaxed SIMD (true) or on plain SIMD (false). */
  readonly relaxed?: boolean;
  /** A script that holds `workerSource` (see worker.ts), where a page may not start workers from blobs. */
  readonly workerUrl?: string;
  /** A folder with the wasm binaries, where the package's own copy may not be used. */
  readonly wasmUrl?: string;
  /** @internal For tests and measurements. */
  readonly kernels?: KernelChoices;
}

const MAX_DEFAULT_THREADS = 8;
const MAX_THREADS = 64;
/** The whole space of 32-bit addresses. */
const MAX_BYTES = 2 ** 32 - 65536;
/** Values that one fused kernel may bind: its tile program gives each output a register. */
const BINDINGS = 64;

export async function createWasmBackend(options: WasmOptions = {}): Promise<WasmBackend> {
  const threads = threadCount(options.threads);
  const limit = Math.min(options.memoryLimit ?? MAX_BYTES, MAX_BYTES);
  const binary = { ...options, shared: threads > 1 };
  const engineOptions = { threads, limit: MAX_BYTES, workerUrl: options.workerUrl };
  const verify = await segmentVerifier();
  const backendOf = (engine: Engine) => new WasmBackend(engine, limit, options.kernels, verify);
  if (!isWindow || options.inThread) return backendOf(await localEngine(binary, engineOptions));
  try {
    return backendOf(await remoteEngine(binary, engineOptions));
  } catch (error) {
    console.warn(`heddle: this page computes on one thread, its own: ${(error as Error).message}`);
    return backendOf(await localEngine({ ...binary, shared: false }, { ...engineOptions, threads: 1 }));
  }
}

type BinaryChoice = Omit<BinaryOptions, "full">;

/**
 * The engine on this thread; it answers at once, so all code that it may need is loaded first. Node has the binaries at
 * hand and compiles the core first.
 */
async function localEngine(choice: BinaryChoice, options: EngineOptions): Promise<Engine> {
  await loadFull();
  if (!isNode) return new LocalEngine(await loadBinary({ ...choice, full: true }), options);
  const core = await fetchBinary({ ...choice, full: false });
  return new LocalEngine(core(), options, await fetchBinary({ ...choice, full: true }));
}

/** The engine of a window, which fetches the core, and the rest when a plan needs it. */
async function remoteEngine(choice: BinaryChoice, options: EngineOptions): Promise<Engine> {
  const core = await loadBinary({ ...choice, full: false });
  return RemoteEngine.start(core, options, async () => {
    const [full] = await Promise.all([loadBinary({ ...choice, full: true }), loadFull()]);
    return full;
  });
}

const isNode = Boolean(nodeModule("node:os"));

/** A window's thread draws the page and may not compute. */
const isWindow = typeof document === "object" && !isNode;

function threadCount(threads: number | undefined): number {
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS)) {
    fail("wasm", `threads must be an integer from 1 to ${MAX_THREADS}: got ${threads}`);
  }
  if (!hasSharedMemory()) {
    if (threads !== undefined && threads > 1) {
      console.warn(
        "heddle: no shared memory here (pages need cross-origin isolation), so one thread computes",
      );
    }
    return 1;
  }
  return threads ?? Math.min(coreCount(), MAX_DEFAULT_THREADS);
}

function hasSharedMemory(): boolean {
  try {
    return (
      new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof SharedArrayBuffer
    );
  } catch {
    return false;
  }
}

/** Node 20 has no navigator. */
const coreCount = (): number =>
  globalThis.navigator?.hardwareConcurrency ?? nodeModule("node:os")?.availableParallelism() ?? 1;

export class WasmBackend implements Backend {
  readonly info: DeviceInfo;
  readonly claims: ReadonlySet<Claim> = new Set<Claim>(["softmax", "logSoftmax"]);
  readonly #heap: Heap;
  /** Shared by all executables, which run one after the other. */
  #workspace: WasmBuffer | undefined;

  constructor(
    readonly engine: Engine,
    limit: number,
    private readonly choices: KernelChoices | undefined,
    private readonly verify: ((segment: Segment) => void) | undefined,
  ) {
    // Kernels read up to 60 bytes behind a value, so memory goes on behind the last one.
    this.#heap = new Heap(engine.heapStart, limit, (end) => engine.grow(end + ALIGNMENT));
    const threads = engine.threads === 1 ? "1 thread" : `${engine.threads} threads`;
    this.info = {
      kind: "wasm",
      adapter: `wasm SIMD${engine.relaxed ? " (relaxed)" : ""}, ${threads}`,
      isSoftware: false,
      limits: { bindings: BINDINGS, bytes: Math.min(limit, 2 ** 31 - 256) },
      features: engine.relaxed ? ["simd", "relaxed-simd"] : ["simd"],
      threads: engine.threads,
    };
  }

  get lost(): Backend["lost"] {
    return this.engine.lost;
  }

  alloc(bytes: number): WasmBuffer {
    return new WasmBuffer(bytes, this.#heap.alloc(bytes));
  }

  free(handle: DeviceBuffer): void {
    const buffer = handle as WasmBuffer;
    this.#heap.free(buffer.address);
    buffer.address = -1;
  }

  upload(to: BufferView, from: ArrayBufferView): void {
    if (from.byteLength > to.bytes) fail("upload", `${from.byteLength} bytes do not fit in ${to.bytes}`);
    this.engine.write(addressOf(to), from);
  }

  copy(from: BufferView, to: BufferView): void {
    if (from.bytes > to.bytes) fail("copy", `${from.bytes} bytes do not fit in ${to.bytes}`);
    this.engine.copy(addressOf(to), addressOf(from), from.bytes);
  }

  download(from: BufferView, into: ArrayBufferView): void | Promise<void> {
    if (into.byteLength > from.bytes) fail("download", `${into.byteLength} bytes asked of ${from.bytes}`);
    return this.engine.read(addressOf(from), into);
  }

  /** Synchronous on this thread; a window may have to fetch code first. */
  compile(segment: Segment): WasmExecutable | Promise<WasmExecutable> {
    const fetching = needsFull(segment) ? this.engine.extend() : undefined;
    return fetching ? fetching.then(() => this.#compile(segment)) : this.#compile(segment);
  }

  #compile(segment: Segment): WasmExecutable {
    this.verify?.(segment);
    const executable = new WasmExecutable(segment, this.choices);
    this.#reserveWorkspace(executable.workspaceBytes);
    const address = this.#heap.alloc(executable.bytes);
    this.engine.write(address, executable.place(address));
    return executable;
  }

  release(executable: Executable): void {
    this.#heap.free((executable as WasmExecutable).address);
  }

  execute(
    executable: Executable,
    bind: readonly BufferView[],
    scalars: ArrayLike<number>,
    timings?: KernelTiming[],
    constantsChanged = true,
  ): void {
    const compiled = executable as WasmExecutable;
    // Noted before memory is asked for: if that fails, the next call still runs the prepack.
    if (constantsChanged) compiled.failures = -1;
    const run = compiled.prepare(bind, scalars, this.#reserveWorkspace(compiled.workspaceBytes));
    // A failed run may have left the cache half written, so the prepack runs again.
    if (compiled.failures !== this.engine.failures) {
      const prepack = compiled.preparePrepack();
      if (prepack) this.engine.run(prepack);
      compiled.failures = this.engine.failures;
    }
    if (!timings) {
      this.engine.run(run);
      return;
    }
    const { kernels } = executable.segment;
    const milliseconds = new Float64Array(kernels.length);
    this.engine.run(run, milliseconds);
    kernels.forEach(({ label }, i) => {
      timings.push({ label, milliseconds: milliseconds[i] });
    });
  }

  sync(): Promise<void> {
    return this.engine.sync();
  }

  idle(): Promise<void> {
    return this.engine.idle();
  }

  memory(): MemoryUse {
    return this.#heap.use();
  }

  close(): void {
    this.engine.close();
  }

  /** The address of a workspace of at least `bytes`, allocated anew where there is none or a smaller one. */
  #reserveWorkspace(bytes: number): number {
    if (bytes > (this.#workspace?.bytes ?? 0)) {
      if (this.#workspace) this.free(this.#workspace);
      this.#workspace = undefined;
      this.#workspace = this.alloc(alignUp(bytes));
    }
    return this.#workspace?.address ?? 0;
  }
}
