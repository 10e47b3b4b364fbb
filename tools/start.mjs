// `npm start`: from a fresh clone to a trained network. Further arguments go to `heddle train`.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { buildDist, buildWasm, installModules, root, run } from "./setup.mjs";

const main = join(root, "dist/node/cli/main.js");
const train = ["train", "--save", "build/digits-cnn.safetensors", ...process.argv.slice(2)];

mkdirSync(join(root, "build"), { recursive: true });
const ok = installModules() && buildWasm() && buildDist() && run(process.execPath, [main, ...train]);
process.exitCode = ok ? 0 : 1;
