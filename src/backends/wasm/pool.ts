/**
 * Workers that take part in executions: each instantiates the compiled module over the shared memory, checks in and
 * stays in `work` of `assembly/lanes.ts`. The list they meet at is a control block in memory; a pool that has
 * stopped is thrown away with its block.
 */
import { Control } from "../../../assembly/layout.ts";
import { startThread, type Thread } from "./worker.ts";

export interface PoolOptions {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of a zeroed control block. */
  readonly control: number;
  /** Address of the lanes' scratch memory. */
  readonly scratch: number;
  /** Workers, one fewer than lanes. */
  readonly workers: number;
  /** A script with the text of worker.ts, for pages whose policy forbids blobs. */
  readonly workerUrl?: string;
}

/** Milliseconds in which a worker has to check in. */
const CHECK_IN_TIME = 5000;

export class Pool {
  readonly #threads: Thread[] = [];
  readonly #words: Int32Array;

  /** Address of the control block. */
  readonly control: number;

  constructor(private readonly options: PoolOptions) {
    this.control = options.control;
    const { module, memory, control, scratch, workers, workerUrl } = options;
    this.#words = new Int32Array(memory.buffer, control, Control.Base + 1);
    try {
      for (let i = 0; i < workers; i++) {
        const thread = startThread(workerUrl);
        this.#threads.push(thread);
        thread.postMessage({ module, memory, control, scratch });
      }
    } catch {
      // Without workers an execution has one lane; `ready` says so.
    }
  }

  /** Lanes that can take part now: the caller and the workers that have checked in. */
  get lanes(): number {
    return 1 + Atomics.load(this.#words, Control.Ready);
  }

  /** Resolves with the number of lanes when all have checked in, or when their time is over. */
  async ready(): Promise<number> {
    const deadline = performance.now() + CHECK_IN_TIME;
    while (this.lanes <= this.options.workers && this.#threads.length > 0) {
      if (performance.now() > deadline || Atomics.load(this.#words, Control.Stop) !== 0) break;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return this.lanes;
  }

  /** For tests: the n-th worker dies as if the system had killed it. */
  kill(n: number): unknown {
    return this.#threads[n]?.terminate();
  }

  close(): void {
    for (const thread of this.#threads) thread.terminate();
    this.#threads.length = 0;
  }
}
