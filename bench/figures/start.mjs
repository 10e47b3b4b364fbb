// From the start of a process to the first result of a matrix product: wall time of a child process until its first
// output. Engines take turns. Heddle is installed from its package, as a program finds it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Builder } from "../peers/onnx.mjs";
import { median } from "../statistics.mjs";
import { installPacked } from "./packed.mjs";

const program = (name) => fileURLToPath(new URL(`first/${name}.mjs`, import.meta.url));

const versionOf = (name) => {
  const path = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")).version;
};

async function wallTime(args) {
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [output] = await once(child.stdout, "data");
  const time = performance.now() - start;
  const [code] = await once(child, "close");
  if (code !== 0 || output.toString() !== "2\n")
    throw new Error(`${args.join(" ")} printed ${output}, exit ${code}`);
  return time;
}

/** The product that the programs compute, as a file. */
function productModel(folder) {
  const b = new Builder();
  const path = join(folder, "product.onnx");
  writeFileSync(path, b.finish(b.add("MatMul", [b.input("a", [64, 2]), b.input("b", [2, 64])]), [64, 64]));
  return path;
}

function heddleProgram(folder) {
  installPacked(folder);
  const path = join(folder, "program.mjs");
  copyFileSync(program("heddle"), path);
  return path;
}

/** Milliseconds of each round, by name: every program once in a round, backwards in every other one. */
async function takeTurns(commands, rounds) {
  const times = new Map([...commands.keys()].map((name) => [name, []]));
  for (const args of commands.values()) await wallTime(args); // reads the files into the system's cache
  for (let round = 0; round < rounds; round++)
    for (const [name, args] of round % 2 ? [...commands].reverse() : commands)
      times.get(name).push(await wallTime(args));
  return times;
}

export const start = {
  name: "start",
  title: "process start to first matmul result",
  unit: "ms",
  isDefault: true,
  async measure({ isQuick, hasPeers }) {
    const folder = mkdtempSync(join(tmpdir(), "heddle-start-"));
    try {
      const peers = new Map([
        [`jax-js ${versionOf("@jax-js/jax")}`, [program("jax")]],
        [
          `ONNX Runtime Node ${versionOf("onnxruntime-node")} (native)`,
          [program("ort-node"), productModel(folder)],
        ],
      ]);
      const commands = new Map([
        ["Heddle", [heddleProgram(folder)]],
        ["Node alone", ["--input-type=module", "--eval", "console.log(2)"]],
        ...(hasPeers ? peers : []),
      ]);
      const times = await takeTurns(commands, isQuick ? 3 : 15);
      const ours = times.get("Heddle");
      const ratio = (theirs) => median(ours.map((time, round) => time / theirs[round]));
      const rows = [...peers.keys()]
        .filter((name) => times.has(name))
        .map((name) => ({ name, value: median(times.get(name)), ratio: ratio(times.get(name)) }));
      const details = { "Node alone": `${median(times.get("Node alone")).toFixed(0)} ms` };
      return { value: median(ours), details, peers: rows };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
