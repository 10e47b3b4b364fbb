// From the start of a process to the first result of a matrix product on wasm, as a program that imports the package
// sees it: wall time of a child process until its first output.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { median } from "../statistics.mjs";

const program = fileURLToPath(new URL("first-matmul.mjs", import.meta.url));

async function wallTime(args) {
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [output] = await once(child.stdout, "data");
  const time = performance.now() - start;
  const [code] = await once(child, "close");
  if (code !== 0 || output.toString() !== "2\n")
    throw new Error(`first-matmul printed ${output}, exit ${code}`);
  return time;
}

export const start = {
  name: "start",
  title: "process start to first matmul result, wasm",
  unit: "ms",
  isDefault: true,
  async measure({ isQuick }) {
    const [ours, bare] = [[], []];
    await wallTime([program]); // reads the files into the system's cache
    for (let i = 0; i < (isQuick ? 3 : 11); i++) {
      ours.push(await wallTime([program]));
      bare.push(await wallTime(["--input-type=module", "--eval", "console.log(2)"]));
    }
    return { value: median(ours), details: { "Node alone": `${median(bare).toFixed(0)} ms` } };
  },
};
