/**
 * The script of Heddle's workers, as text: classic and module alike, in browsers and in Node. A worker is
 * a thread of an engine (pool.ts) or, for a window, the host of one (remote.ts); its first message says which.
 */
import { STATUS_ADDRESS, STATUS_BYTES, Stop } from "../../../assembly/layout.ts";
import { nodeModule } from "./module.ts";

export const workerSource = `
const port = globalThis.process?.getBuiltinModule?.("node:worker_threads").parentPort ?? globalThis;
port.onmessage = ({ data }) => {
  port.onmessage = null;
  if (data.host) host(data.host);
  else thread(data);
};

function thread({ module, memory, control, scratch }) {
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
  try {
    kernels.work(control, scratch);
  } catch {
    kernels.stop(control, ${Stop.Trapped});
  }
}

function reserve(maximum) {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum });
  } catch (error) {
    if (maximum === 1) throw error;
    return reserve(maximum >> 1);
  }
}

function host({ module, memory, pages }) {
  memory ??= reserve(pages);
  let kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
  let scratch = 0;
  const bytes = () => new Uint8Array(memory.buffer);
  const perform = {
    extend({ module }) {
      kernels = new WebAssembly.Instance(module, { env: { memory } }).exports;
    },
    layout(m) {
      scratch = m.scratch;
    },
    grow({ end }) {
      const missing = Math.ceil((end - memory.buffer.byteLength) / 65536);
      if (missing > 0) memory.grow(missing);
    },
    write({ address, data }) {
      bytes().set(data, address);
    },
    copy({ to, from, length }) {
      bytes().copyWithin(to, from, from + length);
    },
    run({ list, count, control, threads, patches }) {
      const words = new Int32Array(memory.buffer);
      for (let i = 0; i < patches.length; i += 2) words[patches[i]] = patches[i + 1];
      if (threads === 1) return void kernels.runAlone(list, count, scratch);
      try {
        return kernels.lead(control, list, count, threads, scratch);
      } catch (error) {
        kernels.stop(control, ${Stop.Trapped});
        throw error;
      }
    },
    read({ address, length }) {
      return bytes().slice(address, address + length);
    },
    status() {
      const words = new Int32Array(memory.buffer, ${STATUS_ADDRESS}, ${STATUS_BYTES / 4});
      const found = Array.from(words);
      words[0] = 0;
      return found;
    },
  };
  port.onmessage = ({ data: { id, what, ...message } }) => {
    try {
      const value = perform[what](message);
      if (id) port.postMessage({ id, value }, value?.buffer && [value.buffer]);
    } catch (error) {
      port.postMessage({ id, error: String(error?.message ?? error) });
    }
  };
  port.postMessage({ heapBase: kernels.heapBase() });
}`;

/** The members that Node's workers share with a browser's. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** Made once and kept: a worker may load it later than its constructor returns. */
let blobUrl: string | undefined;

/** Starts a worker; `workerUrl` serves {@link workerSource} where a page may not start workers from blobs. */
export function startWorker(workerUrl?: string): WorkerLike {
  const node = nodeModule("node:worker_threads");
  if (node) {
    const url = new URL(workerUrl ?? `data:text/javascript,${encodeURIComponent(workerSource)}`);
    const worker = new node.Worker(url);
    worker.unref();
    // A worker that dies is found missing by the next execution.
    worker.on("error", () => {});
    return worker;
  }
  blobUrl ??= URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  return new Worker(workerUrl ?? blobUrl);
}
