/** Threads for data: of Node's `worker_threads`, or a browser's workers. */
import { HeddleError } from "../../base/errors.ts";
import { source } from "./generated/source.ts";

/** The little that both have in common. */
export interface Thread {
  post(message: unknown, moved: ArrayBuffer[]): void;
  /** Whether it keeps the process alive. */
  keep(isNeeded: boolean): void;
  /** Ends it. */
  end(): unknown;
}

interface ThreadEvents<A> {
  answered(answer: A): void;
  /** It answers nothing any more. */
  died(reason: string): void;
}

/** @throws HeddleError where no thread can be started */
export function startThread<A>({ answered, died }: ThreadEvents<A>): Thread {
  const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  try {
    if (threads) {
      const worker = new threads.Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
      worker.on("message", answered);
      worker.on("error", (error) => died(error.message));
      worker.on("exit", (code) => died(`it ended with code ${code}`));
      return {
        post: (message, moved) => worker.postMessage(message, moved),
        keep: (isNeeded) => (isNeeded ? worker.ref() : worker.unref()),
        end: () => worker.terminate(),
      };
    }
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url);
    worker.onmessage = ({ data }) => answered(data);
    worker.onerror = ({ message }) => died(message || "the page's policy does not allow it");
    return {
      post: (message, moved) => worker.postMessage(message, moved),
      keep: () => {},
      end() {
        worker.terminate();
        URL.revokeObjectURL(url);
      },
    };
  } catch (cause) {
    throw new HeddleError("dataset", `a worker could not start: ${(cause as Error).message}`, { cause });
  }
}
