// Trains when told to, off the main thread.
import { train } from "./training.mjs";

globalThis.onmessage = async ({ data: [device, network] }) => {
  try {
    postMessage({ result: await train(device, network) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
