/** Weights and models from files: wrong options, names, shapes and bytes; stores that are none. */
import * as h from "../../src/index.ts";
import * as io from "../../src/io/index.ts";
import * as nn from "../../src/nn/index.ts";
import { describeMistakes, expectCovered } from "./rows.ts";
import { describeFactory } from "./schemas.ts";

const net = () => nn.sequential([nn.dense({ units: 2 })], { inputShape: [3] });
const float = (...shape: number[]): io.HostTensor => {
  return { data: new Float32Array(shape.reduce((n, d) => n * d, 1)), shape, dtype: "float32" };
};
const fileOf = (tensors: Record<string, io.HostTensor>) => io.writeSafetensors(Object.entries(tensors));
const whole = { "layers.0.kernel": float(3, 2), "layers.0.bias": float(2) };
const torch = { "fc.weight": float(2, 3), "fc.bias": float(2) };

const picture = { data: new Uint8ClampedArray(4), width: 1, height: 1 };
describeFactory("loadWeights", (options) => h.loadWeights(net(), fileOf(whole), options));
describeFactory("writeNpy", (options) => io.writeNpy(float(2), options));
describeFactory("writeNpz", (options) => io.writeNpz([["a", float(1)]], options));
describeFactory("resizePicture", (options) => io.resizePicture(picture, options));
describeFactory("toGrayscale28", (options) => io.toGrayscale28(picture, options));

const load = (tensors: Record<string, io.HostTensor>, options?: h.LoadWeightsOptions) => () =>
  h.loadWeights(net(), fileOf(tensors), options);

describeMistakes("weights", [
  ["missing", load({ "layers.0.kernel": float(3, 2) }), "[loadWeights] the file lacks layers.0.bias"],
  ["unexpected", load({ ...whole, more: float(1) }), "[loadWeights] the network has no more"],
  [
    "of another shape",
    load({ ...whole, "layers.0.bias": float(3) }),
    "[load] layers.0.bias is float32 [2]: got float32 [3] in the file",
  ],
  [
    "of PyTorch, of another shape",
    load({ ...torch, "fc.weight": float(2, 4) }, { from: "pytorch" }),
    "[loadWeights] layers.0.kernel is float32 [3, 2]: got float32 [2, 4] as fc.weight",
  ],
  [
    "led to nothing",
    load(torch, { from: "pytorch", names: { fc: "head" } }),
    "[loadWeights] names leads fc to head, where the network has no weights",
  ],
  [
    "of a network without shapes",
    () => h.loadWeights(nn.sequential([nn.dense({ units: 1 })]), fileOf(whole)),
    "[loadWeights] shapes of sequential are not known: give inputShape or call build",
  ],
  [
    "from no store",
    () => h.loadWeights(net(), 5 as never),
    "[store] expected a path, a store or a Uint8Array: got number",
  ],
  [
    "from a text",
    () => h.loadWeights(net(), new TextEncoder().encode("not weights at all")),
    "[safetensors] no safetensors file or cut short: its header would take 7451598620781212000 bytes, there are 10",
  ],
]);

describeMistakes("models", [
  ["nothing saved", () => h.loadModel(io.memory()), "[memory] nothing was saved here yet"],
  [
    "a file without a model",
    () => h.loadModel(fileOf(whole)),
    "[load] the file is no model saved by heddle: its metadata says undefined",
  ],
  [
    "saved before shapes are known",
    () => h.createModel(nn.sequential([nn.dense({ units: 1 })])).save(io.memory()),
    "[save] sequential has no weights yet: give inputShape, or build or train it first",
  ],
  [
    "saved into bytes",
    () => h.createModel(net()).save(new Uint8Array(0)),
    "[store] a Uint8Array can only be read: save to a path, directory(path), opfs(name) or memory()",
  ],
]);

describeMistakes("files", [
  [
    "readTensors",
    () => io.readTensors(null as never),
    "[store] expected a path, a store or a Uint8Array: got null",
  ],
  [
    "openStore",
    () => io.openStore({} as never),
    "[store] expected a path, a store or a Uint8Array: got object",
  ],
  [
    "readNpy",
    () => io.readNpy(new Uint8Array(2)),
    "[npy] file: no .npy file: it does not start with \\x93NUMPY",
  ],
  ["writeNpy", () => io.writeNpy({ ...float(2), shape: [3] }, {}, "x"), "[npy] x: [3] holds 3 values: got 2"],
  [
    "readNpz",
    () => io.readNpz(new Uint8Array(2)),
    "[npz] no zip archive, or a corrupt one: invalid zip data",
  ],
  [
    "writeNpz",
    () =>
      io.writeNpz([
        ["a", float(1)],
        ["a", float(1)],
      ]),
    '[npz] names must be unique: got "a" twice',
  ],
  [
    "readSafetensors",
    () => io.readSafetensors(new Uint8Array(2)),
    "[safetensors] a file has at least 8 bytes: got 2",
  ],
  [
    "writeSafetensors",
    () =>
      io.writeSafetensors([
        ["a", float(1)],
        ["a", float(1)],
      ]),
    '[safetensors] names must be unique: got "a" twice',
  ],
  [
    "decodeImage",
    () => io.decodeImage(Uint8Array.of(1, 2, 3, 4), "x.png"),
    "[image] x.png: a picture must be a PNG or JPEG file: got one that starts with 01 02 03 04",
  ],
  [
    "toGrayscale28",
    () => io.toGrayscale28({ data: new Uint8Array(0), width: 0, height: 0 } as never),
    "[image] a picture has pixels: got 0 × 0",
  ],
  [
    "resizePicture",
    () =>
      io.resizePicture({ data: new Uint8Array(0), width: 0, height: 0 } as never, { height: 1, width: 1 }),
    "[image] a picture has pixels: got 0 × 0",
  ],
]);

const COVERED = [
  "readTensors",
  "openStore",
  "readNpy",
  "writeNpy",
  "readNpz",
  "writeNpz",
  "readSafetensors",
  "writeSafetensors",
  "decodeImage",
  "toGrayscale28",
  "resizePicture",
  "memory",
];
expectCovered(io, COVERED, {
  file: "fails when it is read or written: test/io/stores.test.ts",
  directory: "fails when it is read or written: test/io/stores.test.ts",
  opfs: "needs a browser: test/io/browser.test.ts",
});
