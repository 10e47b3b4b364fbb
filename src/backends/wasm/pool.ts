/**
 * Workers that take part in executions: each instantiates the compiled module over the shared memory, checks in and
 * stays in `work` of `assembly/threads.ts`. The list they meet at is a control block in memory; a pool that has
 * stopped is thrown away with its block.
 */
import { Control } from "../../../assembly/layout.ts";
import { startWorker, type WorkerLike } from "./worker.ts";

export interface PoolOptions {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of a zeroed control block. */
  readonly control: number;
  /** Address of the threads' scratch memory. */
  readonly scratch: number;
  /** Workers, one fewer than threads. */
  readonly workers: number;
  /** A script with the text of worker.ts, for pages whose policy forbids blobs. */
  readonly workerUrl?: string;
}

/** Milliseconds in which a worker has to check in. */
const CHECK_IN_TIME = 5000;

export class Pool {
  readonly #workers: WorkerLike[] = [];
  readonly #words: Int32Array;

  /** Address of the control block. */
  readonly control: number;

  constructor(private readonly options: PoolOptions) {
    this.control = options.control;
    const { module, memory, control, scratch, workers, workerUrl } = options;
    this.#words = new Int32Array(memory.buffer, control, Control.Base + 1);
    try {
      for (let i = 0; i < workers; i++) {
        const worker = startWorker(workerUrl);
        this.#workers.push(worker);
        worker.postMessage({ module, memory, control, scratch });
      }
    } catch {
      // Without workers an execution has one thread; `ready` says so.
    }
  }

  /** Threads that can take part now: the caller and the workers that have checked in. */
  get threads(): number {
    return 1 + Atomics.load(this.#words, Control.Ready);
  }

  /** Resolves with the number of threads when all have checked in, or when their time is over. */
  async ready(): Promise<number> {
    const deadline = performance.now() + CHECK_IN_TIME;
    while (this.threads <= this.options.workers && this.#workers.length > 0) {
      if (performance.now() > deadline || Atomics.load(this.#words, Control.Stop) !== 0) break;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return this.threads;
  }

  /** For tests: the n-th worker dies as if the system had killed it. */
  kill(n: number): unknown {
    return this.#workers[n]?.terminate();
  }

  close(): void {
    for (const worker of this.#workers) worker.terminate();
    this.#workers.length = 0;
  }
}
