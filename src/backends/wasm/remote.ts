/**
 * The engine of a browser's window, which must not compute: a proxy of memory and kernels in a worker. Calls are
 * messages in order; only reads and synchronisation are answered. With shared memory the threads join that worker.
 */
import { CONTROL_BYTES, Status } from "../../../assembly/layout.ts";
import { SCRATCH_BYTES } from "../../../assembly/scratch.ts";
import { fail, HeddleError } from "../../base/errors.ts";
import { type Engine, type EngineOptions, indexError, MAX_POOLS, type Run, stopMessage } from "./engine.ts";
import { alignUp } from "./heap.ts";
import { type Binary, createMemory } from "./module.ts";
import { Pool } from "./pool.ts";
import { startWorker } from "./worker.ts";

/** Milliseconds in which the worker has to answer its first message. */
const START_TIME = 5000;
const PAGE = 65536;

interface Answer {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: HeddleError): void;
}

export class RemoteEngine implements Engine {
  readonly heapStart: number;
  readonly threads: number;
  readonly relaxed: boolean;
  readonly lost: Promise<HeddleError>;
  failures = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #controls: number;
  readonly #scratch: number;
  #extending: Promise<void> | undefined;
  #isExtended = false;
  #nextId = 1;
  #pools = 0;
  #pool: Pool | undefined;
  /** The first error since the last read. */
  #error: HeddleError | undefined;
  #lose: (error: HeddleError) => void = () => {};

  /**
   * Starts the worker; rejects where the page may not, or it does not answer.
   * @param full fetches the binary with all kernels: `binary` is the core
   */
  static async start(
    binary: Binary,
    options: EngineOptions,
    full: () => Promise<Binary>,
  ): Promise<RemoteEngine> {
    const memory = options.threads > 1 ? createMemory(PAGE, options.limit, true) : undefined;
    const worker = startWorker(options.workerUrl) as Worker;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const heapBase = await new Promise<number>((resolve, reject) => {
        const give = (why: string): void =>
          reject(new HeddleError("wasm", `the worker did not start: ${why}`));
        timer = setTimeout(give, START_TIME, "it did not answer");
        worker.onerror = (event) => give(event.message || "the page does not allow it");
        worker.onmessage = ({ data }) => resolve(data.heapBase);
        const pages = Math.floor(options.limit / PAGE);
        worker.postMessage({ host: { module: binary.module, memory, pages } });
      });
      return new RemoteEngine(worker, memory, heapBase, binary, options, full);
    } catch (error) {
      worker.terminate();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor(
    private readonly worker: Worker,
    private readonly memory: WebAssembly.Memory | undefined,
    heapBase: number,
    private binary: Binary,
    private readonly options: EngineOptions,
    private readonly full: () => Promise<Binary>,
  ) {
    this.threads = options.threads;
    this.relaxed = binary.relaxed;
    this.#controls = alignUp(heapBase);
    this.#scratch = alignUp(this.#controls + MAX_POOLS * CONTROL_BYTES);
    this.heapStart = this.#scratch + options.threads * SCRATCH_BYTES;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => this.#fail(new HeddleError("wasm", `the worker died: ${event.message}`));
    this.#send("grow", { end: this.heapStart });
    this.#send("layout", { scratch: this.#scratch });
    this.#startPool();
  }

  async ready(): Promise<number> {
    return this.#pool?.ready() ?? 1;
  }

  grow(end: number): boolean {
    this.#send("grow", { end });
    return true;
  }

  write(address: number, from: ArrayBufferView): void {
    // A copy: the caller keeps its array, and no view of shared memory may travel.
    const data = new Uint8Array(from.byteLength);
    data.set(new Uint8Array(from.buffer, from.byteOffset, from.byteLength));
    this.#send("write", { address, data }, [data.buffer]);
  }

  copy(to: number, from: number, bytes: number): void {
    this.#send("copy", { to, from, length: bytes });
  }

  async read(address: number, into: ArrayBufferView): Promise<void> {
    const bytes = this.#ask<Uint8Array>("read", { address, length: into.byteLength });
    await this.sync();
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(await bytes);
  }

  run({ list, count, parallel, patches, patched }: Run, milliseconds?: Float64Array): void {
    if (milliseconds) fail("wasm", "kernels can be timed only where they run in the calling thread");
    const threads = parallel && this.#pool ? this.#pool.threads : 1;
    const message = {
      list,
      count,
      threads,
      control: this.#pool?.control ?? 0,
      patches: patches.slice(0, 2 * patched),
    };
    if (threads === 1) {
      this.#send("run", message);
      return;
    }
    const pool = this.#pool;
    this.#ask<number>("run", message).then((reason) => {
      // Later runs over a pool that is gone already add nothing.
      if (reason !== 0 && pool === this.#pool) this.#stopped(stopMessage(reason));
    }, this.#keep);
  }

  extend(): Promise<void> | undefined {
    if (this.#isExtended) return undefined;
    this.#extending ??= this.#fetchFull().finally(() => {
      this.#extending = undefined;
    });
    return this.#extending;
  }

  async #fetchFull(): Promise<void> {
    this.binary = await this.full();
    this.#isExtended = true;
    this.#send("extend", { module: this.binary.module });
    const old = this.#pool;
    this.#startPool();
    // Messages sent before still run on the old pool.
    this.idle().then(() => old?.close());
    await this.ready();
  }

  async idle(): Promise<void> {
    await this.#ask("read", { address: 0, length: 0 }).catch(this.#keep);
  }

  async sync(): Promise<void> {
    const status = await this.#ask<number[]>("status", {});
    const error = this.#error;
    this.#error = undefined;
    if (error) throw error;
    if (status[Status.Code] !== 0) throw indexError(status);
  }

  close(): void {
    this.#pool?.close();
    this.worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new HeddleError("wasm", "the device was closed"));
    this.#waiting.clear();
  }

  #send(what: string, message: object, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage({ what, ...message }, transfer);
  }

  #ask<T>(what: string, message: object): Promise<T> {
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.worker.postMessage({ id, what, ...message });
    });
  }

  #receive({ id, value, error }: Answer): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id !== undefined) this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else if (waiting) waiting.reject(new HeddleError("wasm", error));
    else this.#keep(new HeddleError("wasm", `${error}; results are lost`));
  }

  /** The first error waits for the next read. */
  readonly #keep = (error: HeddleError): void => {
    this.failures++;
    this.#error ??= error;
  };

  #stopped(message: string): void {
    this.#keep(new HeddleError("wasm", message));
    this.#pool?.close();
    this.#pool = undefined;
    this.#startPool();
  }

  #fail(error: HeddleError): void {
    this.#keep(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#lose(error);
  }

  #startPool(): void {
    if (!this.memory || this.#pools === MAX_POOLS) return;
    this.#pool = new Pool({
      module: this.binary.module,
      memory: this.memory,
      control: this.#controls + this.#pools++ * CONTROL_BYTES,
      scratch: this.#scratch,
      workers: this.threads - 1,
      workerUrl: this.options.workerUrl,
    });
  }
}
