// ONNX Runtime Web on wasm, one thread, in this thread.
import * as ort from "onnxruntime-web";
import { engine } from "./onnxruntime.mjs";

export async function start() {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  ort.env.logLevel = "error";
  return engine(ort, ort.env.versions.web ?? ort.env.versions.common, { executionProviders: ["wasm"] });
}
