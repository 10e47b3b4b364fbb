// ONNX Runtime Node as a yardstick, not a goal: native code, one thread.
import ort from "onnxruntime-node";
import { engine } from "./onnxruntime.mjs";

export async function start() {
  ort.env.logLevel = "error";
  const threads = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  return engine(ort, ort.env.versions.node ?? ort.env.versions.common, {
    executionProviders: ["cpu"],
    ...threads,
  });
}
