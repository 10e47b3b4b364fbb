// Who is measured: label, module under peers/, and how it is started.

export const engines = {
  heddle: { label: "Heddle", peer: "heddle", options: { threads: 1 }, isOurs: true },
  "heddle-2": { label: "Heddle, 2 threads", peer: "heddle", options: { threads: 2 }, isOurs: true },
  tfjs: { label: "TensorFlow.js wasm", peer: "tfjs" },
  ort: { label: "ONNX Runtime Web", peer: "ort" },
  jax: { label: "jax-js", peer: "jax" },
  "jax-jit": { label: "jax-js jit", peer: "jax", options: { jit: true } },
  torch: { label: "PyTorch (native)", peer: "torch" },
};
