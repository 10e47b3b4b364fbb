/**
 * The engine on the calling thread, which is thread 0: in Node and in workers. A window's thread may not wait, so there
 * it has one thread. The others start with the first run that is worth them.
 */
import { COMMAND_WORDS, CONTROL_BYTES, STATUS_ADDRESS, Status, Stop } from "../../../assembly/layout.ts";
import { SCRATCH_BYTES } from "../../../assembly/scratch.ts";
import { fail, HeddleError } from "../../base/errors.ts";
import { type Engine, type EngineOptions, indexError, MAX_POOLS, type Run, stopMessage } from "./engine.ts";
import { alignUp } from "./heap.ts";
import { type Binary, createMemory, growMemory, type Kernels } from "./module.ts";
import { Pool } from "./pool.ts";

export class LocalEngine implements Engine {
  readonly threads: number;
  readonly relaxed: boolean;
  readonly heapStart: number;
  readonly lost = new Promise<never>(() => {});
  failures = 0;
  readonly #memory: WebAssembly.Memory;
  #kernels: Kernels;
  readonly #controls: number;
  readonly #scratch: number;
  /** Views of the whole memory, made anew when it grows. */
  #bytes: Uint8Array;
  #words: Int32Array;
  #floats: Float32Array;
  #pools = 0;
  #pool: Pool | undefined;

  /** @param full compiles the binary with all kernels, if `binary` is the core. */
  constructor(
    private binary: Binary,
    private readonly options: EngineOptions,
    private full?: () => Binary,
  ) {
    this.threads = options.threads;
    this.relaxed = binary.relaxed;
    this.#memory = createMemory(1, options.limit, options.threads > 1);
    this.#kernels = this.#instantiate();
    this.#controls = alignUp(this.#kernels.heapBase());
    this.#scratch = alignUp(this.#controls + MAX_POOLS * CONTROL_BYTES);
    this.heapStart = this.#scratch + options.threads * SCRATCH_BYTES;
    if (!growMemory(this.#memory, this.heapStart)) fail("wasm", `no memory for ${options.threads} threads`);
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Int32Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
  }

  get pool(): Pool | undefined {
    return this.#pool;
  }

  async ready(): Promise<number> {
    this.#startPool();
    return this.#pool?.ready() ?? 1;
  }

  grow(end: number): boolean {
    if (!growMemory(this.#memory, end)) return false;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Int32Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
    return true;
  }

  write(address: number, from: ArrayBufferView): void {
    if (from instanceof Float32Array) this.#floats.set(from, address / 4);
    else this.#bytes.set(bytesOf(from), address);
  }

  copy(to: number, from: number, bytes: number): void {
    this.#bytes.copyWithin(to, from, from + bytes);
  }

  read(address: number, into: ArrayBufferView): void {
    this.#checkStatus();
    if (into instanceof Float32Array) into.set(this.#floats.subarray(address / 4, address / 4 + into.length));
    else bytesOf(into).set(this.#bytes.subarray(address, address + into.byteLength));
  }

  run(run: Run, milliseconds?: Float64Array): void {
    const { list, count, parallel, patches, patched, ends } = run;
    for (let i = 0; i < patched; i++) this.#words[patches[2 * i]] = patches[2 * i + 1];
    if (!milliseconds) {
      this.#execute(list, count, parallel);
      return;
    }
    ends.forEach((end, i) => {
      const first = i === 0 ? 0 : ends[i - 1];
      const start = performance.now();
      this.#execute(list + first * COMMAND_WORDS * 4, end - first, parallel);
      milliseconds[i] = performance.now() - start;
    });
  }

  extend(): void {
    if (!this.full) return;
    this.binary = this.full();
    this.full = undefined;
    this.#kernels = this.#instantiate();
  }

  async idle(): Promise<void> {}

  async sync(): Promise<void> {
    this.#checkStatus();
  }

  close(): void {
    this.#pool?.close();
    this.#pool = undefined;
  }

  #instantiate(): Kernels {
    const { exports } = new WebAssembly.Instance(this.binary.module, { env: { memory: this.#memory } });
    // The binary is built with these exports; WebAssembly knows their names when it runs.
    return exports as unknown as Kernels;
  }

  #execute(list: number, count: number, parallel: boolean): void {
    if (parallel) this.#startPool();
    const threads = parallel && this.#pool ? this.#pool.threads : 1;
    let reason = 0;
    try {
      if (threads === 1) this.#kernels.runAlone(list, count, this.#scratch);
      else reason = this.#kernels.lead(this.#pool!.control, list, count, threads, this.#scratch);
    } catch (cause) {
      if (threads > 1) this.#kernels.stop(this.#pool!.control, Stop.Trapped);
      this.#endPool();
      throw new HeddleError("wasm", "a kernel trapped; its results are lost", { cause });
    }
    if (reason === 0) return;
    this.#endPool();
    fail("wasm", stopMessage(reason));
  }

  #startPool(): void {
    const { threads, workerUrl } = this.options;
    if (threads === 1 || this.#pool || this.#pools === MAX_POOLS) return;
    // Workers keep the binary that they start with.
    this.extend();
    this.#pool = new Pool({
      module: this.binary.module,
      memory: this.#memory,
      control: this.#controls + this.#pools++ * CONTROL_BYTES,
      scratch: this.#scratch,
      workers: threads - 1,
      workerUrl,
    });
  }

  /** After a failure; the next run has a new pool. */
  #endPool(): void {
    this.failures++;
    this.close();
  }

  /** Throws what a kernel reported, once. */
  #checkStatus(): void {
    const at = STATUS_ADDRESS / 4;
    if (this.#words[at + Status.Code] === 0) return;
    const error = indexError(this.#words.subarray(at));
    this.#words[at + Status.Code] = 0;
    throw error;
  }
}

/** Moves a small array off the engine's heap, which takes longer than a small copy. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
