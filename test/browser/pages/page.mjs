// Offers `train(device, network)`, and `trainInWorker`, which does the same in a worker.
import { train } from "./training.mjs";

globalThis.train = train;

globalThis.trainInWorker = (device, network) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.mjs", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: { result, error } }) => {
      worker.terminate();
      if (error) reject(new Error(error));
      else resolve(result);
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage([device, network]);
  });
